namespace LstmSharp.Tests;

/// <summary>Makes one vector of all steps: [T, B, F] becomes [1, B, T·F], a row holding the features of t = 0, then t = 1, …</summary>
internal sealed class ReferenceFlatten : ReferenceLayer
{
    private ReferenceSequence _x = new(0, 0, 0);

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        _x = x;
        ReferenceSequence y = new(1, x.BatchSize, x.Length * x.Features);
        for (int t = 0; t < x.Length; t++)
        {
            for (int b = 0; b < x.BatchSize; b++)
            {
                x.Row(t, b).CopyTo(StepOf(y, t, b));
            }
        }

        return new ReferencePass(y, []);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        ReferenceSequence dx = _x.Zeros(_x.Features);
        for (int t = 0; t < _x.Length; t++)
        {
            for (int b = 0; b < _x.BatchSize; b++)
            {
                StepOf(dy, t, b).CopyTo(dx.Row(t, b));
            }
        }

        return new ReferenceGradients(dx, [], []);
    }

    /// <summary>The stretch of a flat row that belongs to step <paramref name="t"/>.</summary>
    private Span<double> StepOf(ReferenceSequence flat, int t, int b) => flat.Row(0, b).Slice(t * _x.Features, _x.Features);
}
