namespace LstmSharp;

/// <summary>Raises the learning rate from a small one to a maximum, then lets it fall far below: PyTorch's OneCycleLR with two phases,
/// cosines, and the momentum left alone (cycle_momentum=False).</summary>
/// <remarks>With T steps in all, ηmax the maximum, d and D the divisors and e = p·T − 1:
/// <code>
/// t ≤ e    from ηmax/d to ηmax along half a cosine wave, t/e of the way
/// t &gt; e    from ηmax to ηmax/(d·D) along half a cosine wave, (t − e)/(T − 1 − e) of the way
/// </code>
/// A step is a batch, unless the constructor is told otherwise; T is all batches (or epochs) of the run. The
/// optimizer's own rate plays no part. Source: Smith and Topin 2019.</remarks>
public sealed class OneCycleSchedule : LearningRateSchedule
{
    private readonly float _maximumRate;
    private readonly double _risingShare;
    private readonly double _initialDivisor;
    private readonly double _finalDivisor;

    /// <summary>Makes the schedule.</summary>
    /// <param name="maximumRate">ηmax, positive (PyTorch's max_lr).</param>
    /// <param name="risingShare">p, the share of all steps in which the rate rises, from 0 to 1 (pct_start). By default 0.3.</param>
    /// <param name="initialDivisor">d, at least 1: the first rate is ηmax/d (div_factor). By default 25.</param>
    /// <param name="finalDivisor">D, at least 1: the last rate is ηmax/(d·D) (final_div_factor). By default 10,000.</param>
    /// <param name="interval">What one step is. By default a batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public OneCycleSchedule(
        float maximumRate,
        double risingShare = 0.3,
        double initialDivisor = 25,
        double finalDivisor = 1e4,
        ScheduleInterval interval = ScheduleInterval.Batch)
        : base(interval)
    {
        _maximumRate = Require.Positive(maximumRate);
        _risingShare = Require.Between(risingShare, 0, 1);
        _initialDivisor = Require.Between(initialDivisor, 1, float.MaxValue);
        _finalDivisor = Require.Between(finalDivisor, 1, float.MaxValue);
    }

    /// <summary>The learning rate of step t.</summary>
    /// <param name="step">t, the number of steps taken, from 0.</param>
    /// <param name="totalSteps">T, the number of steps in all, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative, or there is none in all.</exception>
    public double RateAt(long step, long totalSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(totalSteps);
        double initialRate = _maximumRate / _initialDivisor, peak = (_risingShare * totalSteps) - 1, last = totalSteps - 1;
        return step <= peak
            ? ScheduleMath.Anneal(initialRate, _maximumRate, Share(step, peak))
            : ScheduleMath.Anneal(_maximumRate, initialRate / _finalDivisor, Share(step - peak, last - peak));
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"OneCycleSchedule(maximumRate {_maximumRate}, risingShare {_risingShare}, initialDivisor {_initialDivisor}, ") +
        FormattableString.Invariant($"finalDivisor {_finalDivisor}, by {Interval})");

    /// <inheritdoc/>
    protected override double NextRate(TrainingContext context) => RateAt(StepsDone(context), TotalSteps(context));

    /// <summary>How far a phase is; at its end where it has no length, of which PyTorch makes a division by 0.</summary>
    private static double Share(double steps, double length) => length > 0 ? Math.Min(steps / length, 1) : 1;
}
