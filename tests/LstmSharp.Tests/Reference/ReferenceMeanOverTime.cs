namespace LstmSharp.Tests;

/// <summary>The mean of all steps: [T, B, F] becomes [1, B, F], for T of at least 1.</summary>
internal sealed class ReferenceMeanOverTime : ReferenceLayer
{
    private int _length;

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        _length = x.Length;
        ReferenceSequence y = new(1, x.BatchSize, x.Features);
        for (int n = 0; n < x.Values.Length; n++)
        {
            y.Values[n % y.Values.Length] += x.Values[n] / x.Length;
        }

        return new ReferencePass(y, []);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        ReferenceSequence dx = new(_length, dy.BatchSize, dy.Features);
        for (int n = 0; n < dx.Values.Length; n++)
        {
            dx.Values[n] = dy.Values[n % dy.Values.Length] / _length;
        }

        return new ReferenceGradients(dx, [], []);
    }
}
