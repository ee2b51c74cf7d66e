namespace LstmSharp.Tests;

/// <summary>Keeps the last step only: [T, B, F] becomes [1, B, F], for T of at least 1.</summary>
internal sealed class ReferenceTakeLast : ReferenceLayer
{
    private ReferenceSequence _x = new(0, 0, 0);

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        _x = x;
        ReferenceSequence y = new(1, x.BatchSize, x.Features);
        for (int b = 0; b < x.BatchSize; b++)
        {
            x.Row(x.Length - 1, b).CopyTo(y.Row(0, b));
        }

        return new ReferencePass(y, []);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        ReferenceSequence dx = _x.Zeros(_x.Features);
        for (int b = 0; b < _x.BatchSize; b++)
        {
            dy.Row(0, b).CopyTo(dx.Row(_x.Length - 1, b));
        }

        return new ReferenceGradients(dx, [], []);
    }
}
