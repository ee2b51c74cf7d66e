namespace LstmSharp.Benchmarks;

/// <summary>The numbers every contender computes with: one layer's weights, its input and the target of training.</summary>
/// <remarks>Weights have the gates in the order input, forget, update, output; those of a GRU in the order reset, update,
/// candidate.</remarks>
public sealed class Problem
{
    private const float Decay = 0.95f;

    public Problem(Shape shape, CellKind cell, Values values, bool hasHead = false)
    {
        (Shape, Cell) = (shape, cell);
        var random = new Random(1);
        int rows = Shape.GatesOf(cell) * shape.HiddenSize;
        float bound = 1 / MathF.Sqrt(shape.HiddenSize);
        InputWeights = Numbers(random, rows * shape.InputSize, bound);
        RecurrentWeights = Numbers(random, rows * shape.HiddenSize, bound);
        Bias = Numbers(random, rows, bound);
        Input = Numbers(random, shape.InputCount, 1);
        Target = Numbers(random, shape.OutputCount, 1);
        RecurrentBias = cell == CellKind.Gru ? Numbers(random, shape.HiddenSize, bound) : [];
        Head = hasHead ? Numbers(random, shape.HiddenSize + 1, bound) : [];
        if (values == Values.Denormal)
        {
            LetStatesDecay();
        }
    }

    public Shape Shape { get; }

    public CellKind Cell { get; }

    public float[] InputWeights { get; }

    public float[] RecurrentWeights { get; }

    public float[] Bias { get; }

    /// <summary>The second bias of a GRU's candidate; empty for other cells.</summary>
    public float[] RecurrentBias { get; }

    public float[] Input { get; }

    public float[] Target { get; }

    /// <summary>The weights and the bias of a dense layer of one output; empty where there is none.</summary>
    public float[] Head { get; }

    private void LetStatesDecay()
    {
        int size = Shape.HiddenSize;
        Array.Clear(Bias);
        Array.Clear(Target);
        Array.Clear(RecurrentWeights);
        Input.AsSpan().Clear();
        Input.AsSpan(0, Shape.BatchSize * Shape.InputSize).Fill(1e-37f);
        if (Cell == CellKind.Lstm)
        {
            Bias.AsSpan(size, size).Fill(MathF.Log(Decay / (1 - Decay)));
            RecurrentWeights.AsSpan().Fill(1e-3f);
            return;
        }

        for (int unit = 0; unit < size; unit++)
        {
            RecurrentWeights[(unit * size) + unit] = Decay;
        }
    }

    private static float[] Numbers(Random random, int count, float bound)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = ((random.NextSingle() * 2) - 1) * bound;
        }

        return values;
    }
}
