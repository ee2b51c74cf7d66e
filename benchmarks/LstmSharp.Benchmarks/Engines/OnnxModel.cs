namespace LstmSharp.Benchmarks.Engines;

/// <summary>Writes an ONNX model (opset 14) of one LSTM, GRU or RNN node.</summary>
/// <remarks>Input X [T, B, I], output Y [T, 1, B, H]; for streaming initial_h and initial_c [1, B, H] besides, and Y_h and Y_c
/// [1, B, H] instead of Y, and with a head y [1, B, 1]. The field numbers are those of onnx.proto3.</remarks>
internal static class OnnxModel
{
    private const int Float32 = 1;
    private const int Ints = 2;

    /// <summary>ONNX has the gates in the order input, output, forget, update.</summary>
    private static readonly int[] LstmGates = [0, 3, 1, 2];

    /// <summary>ONNX has the gates in the order update, reset, candidate.</summary>
    private static readonly int[] GruGates = [1, 0, 2];

    public static byte[] Write(Problem problem, bool isStreaming)
    {
        Shape shape = problem.Shape;
        bool isLstm = problem.Cell == CellKind.Lstm, isGru = problem.Cell == CellKind.Gru;
        int[] gates = isLstm ? LstmGates : isGru ? GruGates : [0];
        int rows = gates.Length * shape.HiddenSize;
        string[] states = !isStreaming ? [] : isLstm ? ["h", "c"] : ["h"];
        string[] outputs = isStreaming ? [string.Empty, .. states.Select(state => $"Y_{state}")] : ["Y"];

        ProtobufWriter node = new();
        foreach (string name in (string[])["X", "W", "R", "B", string.Empty, .. states.Select(state => $"initial_{state}")])
        {
            node.Text(1, name);
        }

        foreach (string name in outputs)
        {
            node.Text(2, name);
        }

        node.Text(4, isLstm ? "LSTM" : isGru ? "GRU" : "RNN")
            .Message(5, new ProtobufWriter().Text(1, "hidden_size").Number(3, shape.HiddenSize).Number(20, Ints))
            .Messages(5, isGru ? [new ProtobufWriter().Text(1, "linear_before_reset").Number(3, 1).Number(20, Ints)] : []);

        bool hasHead = problem.Head.Length > 0;
        ProtobufWriter[] head = hasHead ? [Node("MatMul", "Y_h", "V", "z"), Node("Add", "z", "v", "y")] : [];
        int[] state = [1, shape.BatchSize, shape.HiddenSize];
        float[] second = [.. new float[rows - problem.RecurrentBias.Length], .. problem.RecurrentBias];
        float[] bias = [.. Reordered(problem.Bias, gates), .. second];
        ProtobufWriter graph = new ProtobufWriter()
            .Message(1, node)
            .Messages(1, head)
            .Text(2, "layer")
            .Messages(5, hasHead ? [Tensor("V", problem.Head[..^1], shape.HiddenSize, 1), Tensor("v", problem.Head[^1..], 1)] : [])
            .Message(5, Tensor("W", Reordered(problem.InputWeights, gates), 1, rows, shape.InputSize))
            .Message(5, Tensor("R", Reordered(problem.RecurrentWeights, gates), 1, rows, shape.HiddenSize))
            .Message(5, Tensor("B", bias, 1, 2 * rows))
            .Message(11, Value("X", shape.Length, shape.BatchSize, shape.InputSize))
            .Messages(11, states.Select(name => Value($"initial_{name}", state)))
            .Messages(12, isStreaming
                ? [.. states.Select(name => Value($"Y_{name}", state)), .. hasHead ? [Value("y", 1, shape.BatchSize, 1)] : (ProtobufWriter[])[]]
                : [Value("Y", shape.Length, 1, shape.BatchSize, shape.HiddenSize)]);
        return new ProtobufWriter()
            .Number(1, 8)
            .Message(7, graph)
            .Message(8, new ProtobufWriter().Text(1, string.Empty).Number(2, 14))
            .ToArray();
    }

    private static ProtobufWriter Node(string operation, string left, string right, string result) =>
        new ProtobufWriter().Text(1, left).Text(1, right).Text(2, result).Text(4, operation);

    private static float[] Reordered(float[] weights, int[] gates)
    {
        int count = weights.Length / gates.Length;
        return [.. gates.SelectMany(gate => weights.AsSpan(gate * count, count).ToArray())];
    }

    private static ProtobufWriter Tensor(string name, float[] values, params ReadOnlySpan<int> shape)
    {
        ProtobufWriter tensor = new();
        foreach (int size in shape)
        {
            tensor.Number(1, size);
        }

        return tensor.Number(2, Float32).Text(8, name).Floats(9, values);
    }

    private static ProtobufWriter Value(string name, params ReadOnlySpan<int> shape)
    {
        ProtobufWriter sizes = new();
        foreach (int size in shape)
        {
            sizes.Message(1, new ProtobufWriter().Number(1, size));
        }

        ProtobufWriter type = new ProtobufWriter().Number(1, Float32).Message(2, sizes);
        return new ProtobufWriter().Text(1, name).Message(2, new ProtobufWriter().Message(1, type));
    }
}
