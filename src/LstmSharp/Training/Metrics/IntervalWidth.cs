namespace LstmSharp;

/// <summary>The mean width of forecast intervals, upper end minus lower end, in units of the target; below 0 where the ends have
/// crossed.</summary>
/// <remarks>Of two models with the same <see cref="IntervalCoverage"/> the one with narrower intervals knows more.</remarks>
public sealed class IntervalWidth : IntervalMetric
{
    /// <inheritdoc cref="IntervalCoverage(int, int, int?)"/>
    public IntervalWidth(int outputsPerTarget, int lower = 0, int? upper = null)
        : base(outputsPerTarget, lower, upper)
    {
    }

    private protected override double Measure(double lower, double upper, double target) => upper - lower;
}
