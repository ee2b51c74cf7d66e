namespace LstmSharp;

/// <summary>The four gates' activations in one time step of an <see cref="LstmCell"/>, to look at.</summary>
/// <remarks>A forget gate near 1 keeps what the memory cell holds, near 0 erases it; an input gate near 1 lets the update in.</remarks>
public sealed class LstmGateActivations
{
    private readonly float[] _values;

    /// <summary>Makes room for the activations of a batch.</summary>
    /// <param name="batchSize">The number of rows, 0 or more.</param>
    /// <param name="hiddenSize">The number of units, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below its minimum.</exception>
    /// <exception cref="ArgumentException">The values would not fit into one array.</exception>
    public LstmGateActivations(int batchSize, int hiddenSize)
    {
        _values = new float[CellState.CountOf(batchSize, hiddenSize, LstmCell.Gates)];
        BatchSize = batchSize;
        HiddenSize = hiddenSize;
    }

    /// <summary>The number of rows B.</summary>
    public int BatchSize { get; }

    /// <summary>The number of units H.</summary>
    public int HiddenSize { get; }

    /// <summary>One gate's activations, shape [BatchSize, HiddenSize], row-major.</summary>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    public ReadOnlySpan<float> this[LstmGate gate] => Of(gate);

    /// <inheritdoc/>
    public override string ToString() => $"LstmGateActivations({BatchSize} × {HiddenSize})";

    internal Span<float> Of(LstmGate gate)
    {
        LstmCell.ThrowIfNoGate(gate);
        return _values.AsSpan((int)gate * BatchSize * HiddenSize, BatchSize * HiddenSize);
    }
}
