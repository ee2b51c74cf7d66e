namespace LstmSharp;

/// <summary>The activations of the gates and of the candidate in one time step of a <see cref="GruCell"/>, to look at.</summary>
/// <remarks>An update gate near 1 keeps the hidden state, near 0 puts the candidate in its place; a reset gate near 0 lets the candidate
/// forget the hidden state.</remarks>
/// <param name="batchSize">The number of rows, 0 or more.</param>
/// <param name="hiddenSize">The number of units, 1 or more.</param>
/// <exception cref="ArgumentOutOfRangeException">A size is below its minimum.</exception>
/// <exception cref="ArgumentException">The values would not fit into one array.</exception>
public sealed class GruGateActivations(int batchSize, int hiddenSize) : GateActivations(batchSize, hiddenSize, GruCell.Gates)
{
    /// <summary>One gate's activations, shape [BatchSize, HiddenSize], row-major.</summary>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    public ReadOnlySpan<float> this[GruGate gate]
    {
        get
        {
            GruCell.ThrowIfNoGate(gate);
            return Of((int)gate);
        }
    }
}
