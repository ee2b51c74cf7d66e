namespace LstmSharp.Tests;

/// <summary>What a forward pass gives: the outputs of every step, and each state [BatchSize, size] after the last step.</summary>
internal sealed record ReferencePass(ReferenceSequence Output, double[][] FinalState);

/// <summary>What a backward pass gives: the gradients of the input, of every parameter and of every initial state.</summary>
internal sealed record ReferenceGradients(ReferenceSequence Input, double[][] Parameters, double[][] InitialState);

/// <summary>A layer in double, written naively from its equations: the oracle for the library's own layers.</summary>
/// <param name="parameters">The layer's weights, in the order and layout of the library's own.</param>
internal abstract class ReferenceLayer(params double[][] parameters)
{
    /// <summary>The weights themselves, not copies: a test may change their entries between passes.</summary>
    public double[][] Parameters { get; } = parameters;

    /// <summary>The width of each state: none for a layer without memory, [H] for h, [H, H] for h and c.</summary>
    public virtual int[] StateSizes => [];

    /// <summary>How far the latest forward pass stayed from a point where the layer has no derivative (a Relu at 0).</summary>
    public virtual double DistanceToKink => double.PositiveInfinity;

    /// <summary>Runs over the whole sequence from the given states, and keeps what <see cref="Backward"/> needs.</summary>
    public abstract ReferencePass Forward(ReferenceSequence x, double[][] initialState);

    /// <summary>Backpropagates through the latest forward pass, from the gradients of its outputs and of its final states.</summary>
    public abstract ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState);

    public double[][] ZeroState(int batchSize) => Array.ConvertAll(StateSizes, size => new double[batchSize * size]);

    /// <summary>Row <paramref name="b"/> of a state of shape [BatchSize, <paramref name="size"/>].</summary>
    protected static Span<double> Row(double[] state, int b, int size) => state.AsSpan(b * size, size);
}
