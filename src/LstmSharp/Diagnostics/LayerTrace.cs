using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>What one recurrent layer did with a sequence: part of a <see cref="GateTrace"/>.</summary>
/// <remarks>Every tensor has the shape [SequenceLength, BatchSize, HiddenSize]. The symbols are those of docs/math/lstm.md and
/// docs/math/gru.md.</remarks>
public sealed class LayerTrace
{
    private readonly Tensor<float>[] _gates;
    private readonly Tensor<float>? _cell;

    private LayerTrace(int layerIndex, RecurrentLayer layer, Tensor<float> hidden, Tensor<float>? cell, Tensor<float>[] gates)
    {
        LayerIndex = layerIndex;
        Layer = layer;
        Hidden = hidden;
        _cell = cell;
        _gates = gates;
    }

    /// <summary>The layer's place in the model's <see cref="SequenceModel.Layers"/>, with which its parameters' names begin.</summary>
    public int LayerIndex { get; }

    /// <summary>The layer.</summary>
    public RecurrentLayer Layer { get; }

    /// <summary>The number of time steps that the layer saw: 1 after a <see cref="TakeLastLayer"/>.</summary>
    public int SequenceLength => (int)Hidden.Lengths[0];

    /// <summary>The number of rows B.</summary>
    public int BatchSize => (int)Hidden.Lengths[1];

    /// <summary>The number of units H.</summary>
    public int HiddenSize => Layer.Cell.HiddenSize;

    /// <summary>Whether the layer has gates, as an LSTM and a GRU do; a vanilla RNN has the hidden state alone.</summary>
    public bool HasGates => _gates.Length > 0;

    /// <summary>Whether the layer has a memory cell, as an LSTM does.</summary>
    public bool HasCell => _cell is not null;

    /// <summary>The hidden state h after each step.</summary>
    public Tensor<float> Hidden { get; }

    /// <summary>The memory cell c after each step.</summary>
    /// <exception cref="InvalidOperationException">The layer has none.</exception>
    public Tensor<float> Cell => _cell ?? throw Without("memory cell", nameof(HasCell));

    /// <summary>The activations of one gate of an LSTM: i, f or o between 0 and 1, or the update u between −1 and 1.</summary>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    /// <exception cref="InvalidOperationException">The layer is no LSTM.</exception>
    public Tensor<float> this[LstmGate gate]
    {
        get
        {
            LstmCell.ThrowIfNoGate(gate);
            return Layer.Cell is LstmCell ? Gate((int)gate) : throw Without("gates of an LSTM", nameof(HasGates));
        }
    }

    /// <summary>The activations of one gate of a GRU: r or z between 0 and 1, or the candidate n between −1 and 1.</summary>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    /// <exception cref="InvalidOperationException">The layer is no GRU.</exception>
    public Tensor<float> this[GruGate gate]
    {
        get
        {
            GruCell.ThrowIfNoGate(gate);
            return Layer.Cell is GruCell ? Gate((int)gate) : throw Without("gates of a GRU", nameof(HasGates));
        }
    }

    /// <summary>The largest |h| of all rows and units after each step. With <see cref="Activation.Relu"/> or
    /// <see cref="Activation.Identity"/> nothing bounds it: docs/math/rnn.md, section 7.</summary>
    /// <returns>A value for each step; 0 without rows, NaN where a value is NaN.</returns>
    public float[] LargestHidden() => Largest(Hidden);

    /// <summary>The largest |c| of all rows and units after each step.</summary>
    /// <returns>A value for each step; 0 without rows, NaN where a value is NaN.</returns>
    /// <exception cref="InvalidOperationException">The layer has no memory cell.</exception>
    public float[] LargestCell() => Largest(Cell);

    /// <summary>The activations of a gate, by its place in the storage order.</summary>
    internal Tensor<float> Gate(int gate) => _gates[gate];

    /// <inheritdoc/>
    public override string ToString() => $"layer {LayerIndex}, {Layer}, {SequenceLength} steps of {BatchSize} rows";

    /// <summary>Runs a layer and records what it does.</summary>
    /// <param name="layerIndex">The layer's place in its model.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="alone">The layer as a model of its own.</param>
    /// <param name="input">The rows that enter.</param>
    /// <param name="initial">The state to start from; null means zeros.</param>
    internal static LayerTrace Record(int layerIndex, RecurrentLayer layer, SequenceModel alone, Tensor<float> input, CellState? initial)
    {
        if (layer.Cell.CreateActivations((int)input.Lengths[1]) is { } activations)
        {
            return RecordGates(layerIndex, layer, input, initial, activations);
        }

        ModelState? state = initial is null ? null : new ModelState([initial], initial.BatchSize);
        return new LayerTrace(layerIndex, layer, alone.Predict(input, state), cell: null, gates: []);
    }

    private static LayerTrace RecordGates(
        int layerIndex, RecurrentLayer layer, Tensor<float> input, CellState? initial, GateActivations activations)
    {
        RecurrentCell cell = layer.Cell;
        int length = (int)input.Lengths[0], batchSize = (int)input.Lengths[1];
        ThrowIfTooLarge(layer, length, batchSize);
        Tensor<float> Room() => Tensor.CreateFromShape<float>([length, batchSize, cell.HiddenSize]);
        CellState? previous = initial;
        CellState next = cell.CreateState(batchSize), spare = cell.CreateState(batchSize);
        Tensor<float> hiddens = Room();
        Tensor<float>? cells = next is LstmState ? Room() : null;
        Tensor<float>[] gates = [.. Enumerable.Range(0, cell.GateCount).Select(_ => Room())];
        for (int t = 0; batchSize > 0 && t < length; t++)
        {
            cell.StepOnSpans(TensorValues.Step(input, t), previous, next, activations);
            next.Hidden.CopyTo(TensorValues.Step(hiddens, t));
            if (cells is not null)
            {
                ((LstmState)next).Cell.CopyTo(TensorValues.Step(cells, t));
            }

            for (int gate = 0; gate < gates.Length; gate++)
            {
                activations.Of(gate).CopyTo(TensorValues.Step(gates[gate], t));
            }

            (previous, next, spare) = (next, spare, next);
        }

        return new LayerTrace(layerIndex, layer, hiddens, cells, gates);
    }

    private float[] Largest(Tensor<float> values) =>
        BatchSize == 0 ? new float[SequenceLength] : [.. Enumerable.Range(0, SequenceLength).Select(t => LargestOf(values, t))];

    private static float LargestOf(Tensor<float> values, int t) =>
        MathF.Abs(TensorPrimitives.MaxMagnitude<float>(TensorValues.Step(values, t)));

    private static void ThrowIfTooLarge(RecurrentLayer layer, int length, int batchSize)
    {
        if ((long)length * batchSize > Array.MaxLength / layer.Cell.HiddenSize)
        {
            throw new ArgumentException(
                $"GateTrace: one tensor must hold at most {Array.MaxLength} values, but of {layer} would hold " +
                $"{length} × {batchSize} × {layer.Cell.HiddenSize}; record fewer rows or a shorter sequence.");
        }
    }

    private InvalidOperationException Without(string what, string question) =>
        new($"LayerTrace: layer {LayerIndex}, {Layer}, has no {what}; look at Hidden, or ask {question} first.");
}
