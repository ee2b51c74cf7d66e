namespace LstmSharp;

/// <summary>Multiplies the learning rate by a factor every few steps: PyTorch's StepLR.</summary>
/// <remarks>ηₜ = η₀ · factor^⌊t / every⌋. A step is an epoch, unless the constructor is told otherwise.</remarks>
public sealed class StepSchedule : LearningRateSchedule
{
    private readonly int _every;
    private readonly double _factor;

    /// <summary>Makes the schedule.</summary>
    /// <param name="every">After how many steps the rate changes, 1 or more (PyTorch's step_size).</param>
    /// <param name="factor">By what it is multiplied, above 0 and at most 1, which changes nothing (PyTorch's gamma). By default 0.1.</param>
    /// <param name="interval">What one step is. By default an epoch.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public StepSchedule(int every, double factor = 0.1, ScheduleInterval interval = ScheduleInterval.Epoch)
        : base(interval)
    {
        _every = Require.AtLeastOne(every);
        _factor = Require.Share(factor);
    }

    internal override bool DependsOnEpochs => false;

    /// <summary>The learning rate of step t.</summary>
    /// <param name="initialRate">η₀.</param>
    /// <param name="step">t, the number of steps taken, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double RateAt(double initialRate, long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return initialRate * ScheduleMath.Power(_factor, step / _every);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"StepSchedule(every {_every}, factor {_factor}, by {Interval})");

    /// <inheritdoc/>
    protected override double NextRate(TrainingContext context) =>
        RateAt(context.InitialLearningRate, StepsDone(context));
}
