namespace LstmSharp;

/// <summary>The share of targets within their forecast interval, its ends included, from 0 to 1.</summary>
/// <remarks>It is good when it is near what the interval claims: 0.8 between the quantiles 0.1 and 0.9. An interval whose ends have crossed, and
/// one with a NaN, holds nothing. Look at <see cref="IntervalWidth"/> beside it: a wide enough interval covers everything.</remarks>
public sealed class IntervalCoverage : IntervalMetric
{
    /// <summary>Makes an empty metric.</summary>
    /// <param name="outputsPerTarget">How many outputs each target has, side by side: the number of levels of the loss, 2 or more.</param>
    /// <param name="lower">The place of the lower end among them, from 0. By default the first.</param>
    /// <param name="upper">The place of the upper end, above that of the lower. By default the last.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public IntervalCoverage(int outputsPerTarget, int lower = 0, int? upper = null)
        : base(outputsPerTarget, lower, upper)
    {
    }

    /// <inheritdoc/>
    public override bool LargerIsBetter => true;

    private protected override double Measure(double lower, double upper, double target) => lower <= target && target <= upper ? 1 : 0;
}
