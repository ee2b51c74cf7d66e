namespace LstmSharp;

/// <summary>The four gates' activations in one time step of an <see cref="LstmCell"/>, to look at.</summary>
/// <remarks>A forget gate near 1 keeps what the memory cell holds, near 0 erases it; an input gate near 1 lets the update in.</remarks>
/// <param name="batchSize">The number of rows, 0 or more.</param>
/// <param name="hiddenSize">The number of units, 1 or more.</param>
/// <exception cref="ArgumentOutOfRangeException">A size is below its minimum.</exception>
/// <exception cref="ArgumentException">The values would not fit into one array.</exception>
public sealed class LstmGateActivations(int batchSize, int hiddenSize) : GateActivations(batchSize, hiddenSize, LstmCell.Gates)
{
    /// <summary>One gate's activations, shape [BatchSize, HiddenSize], row-major.</summary>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    public ReadOnlySpan<float> this[LstmGate gate]
    {
        get
        {
            LstmCell.ThrowIfNoGate(gate);
            return Of((int)gate);
        }
    }
}
