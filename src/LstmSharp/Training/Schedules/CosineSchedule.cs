namespace LstmSharp;

/// <summary>Warms the learning rate up along a line, then lets it fall along half a wave of the cosine until the last step: PyTorch's
/// SequentialLR of LinearLR and CosineAnnealingLR.</summary>
/// <remarks>With W warm-up steps of T in all:
/// <code>
/// t &lt; W    ηₜ = η₀ · (s + (1 − s)·t/W)
/// t ≥ W    ηₜ = ηmin + ½·(η₀ − ηmin)·(1 + cos(π·(t − W)/(T − W)))
/// </code>
/// A step is a batch, unless the constructor is told otherwise; T is all batches (or epochs) of the run. Source:
/// Loshchilov and Hutter 2017, without restarts; warm-up, Goyal et al. 2017.</remarks>
public sealed class CosineSchedule : LearningRateSchedule
{
    private readonly int _warmUpSteps;
    private readonly double _warmUpStart;
    private readonly float _minimumRate;

    /// <summary>Makes the schedule.</summary>
    /// <param name="warmUpSteps">W, how many steps the warm-up takes, 0 or more (LinearLR's total_iters). By default 0.</param>
    /// <param name="warmUpStart">s, the share of the rate in the first step, above 0 and at most 1 (LinearLR's start_factor). By default
    /// 1/3.</param>
    /// <param name="minimumRate">ηmin, where the cosine ends, not negative (CosineAnnealingLR's eta_min). By default 0.</param>
    /// <param name="interval">What one step is. By default a batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public CosineSchedule(
        int warmUpSteps = 0,
        double warmUpStart = 1.0 / 3,
        float minimumRate = 0,
        ScheduleInterval interval = ScheduleInterval.Batch)
        : base(interval)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(warmUpSteps);
        _warmUpSteps = warmUpSteps;
        _warmUpStart = Require.Share(warmUpStart);
        _minimumRate = Require.NotNegative(minimumRate);
    }

    /// <summary>The learning rate of step t.</summary>
    /// <param name="initialRate">η₀.</param>
    /// <param name="step">t, the number of steps taken, from 0.</param>
    /// <param name="totalSteps">T, the number of steps in all, 1 or more. Where the warm-up takes them all, nothing follows it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative, or there is none in all.</exception>
    public double RateAt(double initialRate, long step, long totalSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(totalSteps);
        if (step < _warmUpSteps)
        {
            return initialRate * (_warmUpStart + ((1 - _warmUpStart) * step / _warmUpSteps));
        }

        long falling = Math.Max(totalSteps - _warmUpSteps, 1);
        return ScheduleMath.Anneal(initialRate, _minimumRate, (double)(step - _warmUpSteps) / falling);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"CosineSchedule(warmUpSteps {_warmUpSteps}, warmUpStart {_warmUpStart}, minimumRate {_minimumRate}, by {Interval})");

    /// <inheritdoc/>
    protected override double NextRate(TrainingContext context) =>
        RateAt(context.InitialLearningRate, StepsDone(context), TotalSteps(context));
}
