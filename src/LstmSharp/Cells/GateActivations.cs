namespace LstmSharp;

/// <summary>The activations of a cell's gates in one time step, to look at.</summary>
public abstract class GateActivations
{
    private readonly float[] _values;

    private protected GateActivations(int batchSize, int hiddenSize, int gates)
    {
        _values = new float[CellState.CountOf(batchSize, hiddenSize, gates)];
        BatchSize = batchSize;
        HiddenSize = hiddenSize;
    }

    /// <summary>The number of rows B.</summary>
    public int BatchSize { get; }

    /// <summary>The number of units H.</summary>
    public int HiddenSize { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name}({BatchSize} × {HiddenSize})";

    /// <summary>The activations of a gate, by its place in the storage order.</summary>
    internal Span<float> Of(int gate) => _values.AsSpan(gate * BatchSize * HiddenSize, BatchSize * HiddenSize);
}
