namespace LstmSharp;

/// <summary>Stops training when its time is spent: after the batch or the validation that runs then.</summary>
/// <remarks>The time is that of one call of <c>Fit</c>: a run that is resumed gets the whole budget again, so that a long training can go on
/// night by night.</remarks>
public sealed class TimeBudget : TrainingCallback
{
    /// <summary>Makes the rule.</summary>
    /// <param name="duration">How long training may take; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The duration is not positive.</exception>
    public TimeBudget(TimeSpan duration) => Duration = Require.Positive(duration);

    /// <summary>How long training may take.</summary>
    public TimeSpan Duration { get; }

    /// <inheritdoc/>
    public override void OnBatchEnd(TrainingContext context) => StopIfSpent(context);

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context) => StopIfSpent(context);

    /// <inheritdoc/>
    public override string ToString() => $"TimeBudget({Duration})";

    private void StopIfSpent(TrainingContext context)
    {
        if (context.Elapsed >= Duration)
        {
            context.Stop(StopReason.TimeBudgetSpent);
        }
    }
}
