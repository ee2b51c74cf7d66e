namespace LstmSharp.Tests;

/// <summary>The largest value of all steps: [T, B, F] becomes [1, B, F], for T of at least 1. The gradient goes to the first step that has
/// it.</summary>
internal sealed class ReferenceMaxOverTime : ReferenceLayer
{
    private ReferenceSequence _x = new(0, 0, 0);
    private int[] _stepOfLargest = [];

    /// <summary>How near the second largest value comes, over all rows and units.</summary>
    public override double DistanceToKink
    {
        get
        {
            double[] values = _x.Values;
            int count = _stepOfLargest.Length;
            return Enumerable.Range(0, values.Length).Where(n => _stepOfLargest[n % count] != n / count)
                .Select(n => values[(_stepOfLargest[n % count] * count) + (n % count)] - values[n]).Append(double.PositiveInfinity).Min();
        }
    }

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        _x = x;
        ReferenceSequence y = new(1, x.BatchSize, x.Features);
        int count = y.Values.Length;
        _stepOfLargest = new int[count];
        for (int n = 0; n < count; n++)
        {
            _stepOfLargest[n] = Enumerable.Range(0, x.Length).MaxBy(t => x.Values[(t * count) + n]);
            y.Values[n] = x.Values[(_stepOfLargest[n] * count) + n];
        }

        return new ReferencePass(y, []);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        ReferenceSequence dx = _x.Zeros(_x.Features);
        for (int n = 0; n < _stepOfLargest.Length; n++)
        {
            dx.Values[(_stepOfLargest[n] * _stepOfLargest.Length) + n] = dy.Values[n];
        }

        return new ReferenceGradients(dx, [], []);
    }
}
