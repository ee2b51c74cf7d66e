namespace LstmSharp;

/// <summary>Multiplies the learning rate by a factor in every step: PyTorch's ExponentialLR.</summary>
/// <remarks>ηₜ = η₀ · factorᵗ. A step is an epoch, unless the constructor is told otherwise.</remarks>
public sealed class ExponentialSchedule : LearningRateSchedule
{
    private readonly double _factor;

    /// <summary>Makes the schedule.</summary>
    /// <param name="factor">By what the rate is multiplied, above 0 and at most 1, which changes nothing (PyTorch's gamma).</param>
    /// <param name="interval">What one step is. By default an epoch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is outside its range.</exception>
    public ExponentialSchedule(double factor, ScheduleInterval interval = ScheduleInterval.Epoch)
        : base(interval) => _factor = Require.Share(factor);

    internal override bool DependsOnEpochs => false;

    /// <summary>The learning rate of step t.</summary>
    /// <param name="initialRate">η₀.</param>
    /// <param name="step">t, the number of steps taken, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double RateAt(double initialRate, long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return initialRate * ScheduleMath.Power(_factor, step);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"ExponentialSchedule(factor {_factor}, by {Interval})");

    /// <inheritdoc/>
    protected override double NextRate(TrainingContext context) =>
        RateAt(context.InitialLearningRate, StepsDone(context));
}
