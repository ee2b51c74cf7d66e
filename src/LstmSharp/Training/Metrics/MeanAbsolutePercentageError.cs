namespace LstmSharp;

/// <summary>MAPE: the mean of 100·|p − t| / |t|, in percent of the target.</summary>
/// <remarks>Targets that are exactly 0 have no percentage: they are left out, and <see cref="ZeroTargets"/> counts them. Targets near 0 make
/// it huge; then, and where targets are scaled to mean 0, look at <see cref="MeanAbsoluteError"/> instead.</remarks>
public sealed class MeanAbsolutePercentageError : ValueMetric
{
    /// <summary>How many targets were left out because they are 0.</summary>
    public long ZeroTargets { get; private set; }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        ZeroTargets = 0;
    }

    private protected override double? Measure(double prediction, double target)
    {
        if (target == 0)
        {
            ZeroTargets++;
            return null;
        }

        return Math.Abs((prediction - target) / target);
    }

    private protected override double Finish(double mean) => 100 * mean;
}
