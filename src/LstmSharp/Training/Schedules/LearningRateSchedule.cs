namespace LstmSharp;

/// <summary>Changes the learning rate while training runs: <see cref="TrainingOptions.Schedule"/>.</summary>
/// <remarks>The first batch runs with the rate of step 0; after every <see cref="Interval"/> the schedule takes a step. Definitions are
/// those of PyTorch's <c>torch.optim.lr_scheduler</c>. Rates are computed in double from additions, multiplications, divisions and
/// comparisons alone, then rounded to float32: the same bits on every platform. To write your own, derive from this class.</remarks>
public abstract class LearningRateSchedule : TrainingCallback
{
    /// <summary>Makes the schedule.</summary>
    /// <param name="interval">What one step is.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such interval.</exception>
    protected LearningRateSchedule(ScheduleInterval interval) => Interval = Enum.IsDefined(interval)
        ? interval
        : throw new ArgumentOutOfRangeException(nameof(interval), interval, "There is no such interval.");

    /// <summary>What one step is.</summary>
    public ScheduleInterval Interval { get; }

    /// <summary>Whether the rates depend on how many epochs there are; then a resumed run must have as many as before.</summary>
    internal virtual bool DependsOnEpochs => true;

    internal override (string Option, string Settings)? SettingsOf(TrainingOptions options) => (
        nameof(options.Schedule),
        DependsOnEpochs ? FormattableString.Invariant($"{this} over {options.Epochs} epochs") : ToString()!);

    /// <summary>Sets the first rate. A resumed run has that of its checkpoint, which another callback may have changed.</summary>
    /// <inheritdoc/>
    public override void OnTrainingBegin(TrainingContext context)
    {
        if (!context.IsResumed)
        {
            Apply(context);
        }
    }

    /// <inheritdoc/>
    public override void OnBatchEnd(TrainingContext context)
    {
        if (Interval == ScheduleInterval.Batch)
        {
            Apply(context);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        if (Interval == ScheduleInterval.Epoch)
        {
            Apply(context);
        }
    }

    /// <summary>The learning rate of the batches that follow; asked before the first batch of a new run, and after every
    /// interval.</summary>
    /// <param name="context">The run.</param>
    /// <returns>Not negative, and finite in float32.</returns>
    protected abstract double NextRate(TrainingContext context);

    /// <summary>How many steps this schedule has taken.</summary>
    /// <param name="context">The run.</param>
    protected long StepsDone(TrainingContext context) =>
        Interval == ScheduleInterval.Batch ? context.BatchesDone : context.History.Count;

    /// <summary>How many steps there are in all epochs.</summary>
    /// <param name="context">The run.</param>
    protected long TotalSteps(TrainingContext context) =>
        Interval == ScheduleInterval.Batch ? context.TotalBatches : context.Epochs;

    private void Apply(TrainingContext context)
    {
        double rate = NextRate(context);
        context.LearningRate = rate >= 0 && float.IsFinite((float)rate)
            ? (float)rate
            : throw new InvalidOperationException(
                FormattableString.Invariant($"{this}: the learning rate must be finite and not negative, but is {rate} after ") +
                FormattableString.Invariant($"{StepsDone(context)} steps."));
    }
}
