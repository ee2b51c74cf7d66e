namespace LstmSharp.Tests;

/// <summary>A layer with a way round it: y = x + layer(x), dx = dy + what comes back through the layer.</summary>
internal sealed class ReferenceResidual(ReferenceLayer layer) : ReferenceLayer(layer.Parameters)
{
    public override int[] StateSizes => layer.StateSizes;

    public override double DistanceToKink => layer.DistanceToKink;

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        (ReferenceSequence y, double[][] final) = layer.Forward(x, initialState);
        return new ReferencePass(Sum(x, y), final);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        ReferenceGradients gradients = layer.Backward(dy, dFinalState);
        return gradients with { Input = Sum(dy, gradients.Input) };
    }

    private static ReferenceSequence Sum(ReferenceSequence a, ReferenceSequence b) =>
        new(a.Length, a.BatchSize, a.Features, [.. a.Values.Zip(b.Values, (left, right) => left + right)]);
}
