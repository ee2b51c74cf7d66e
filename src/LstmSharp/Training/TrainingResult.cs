namespace LstmSharp;

/// <summary>What a run of training came to. The trained weights are in the model.</summary>
public sealed class TrainingResult
{
    internal TrainingResult(IReadOnlyList<EpochSummary> history, StopReason stopReason, IReadOnlyList<TrainingFault> faults, Metric? monitor)
    {
        Faults = faults;
        History = history;
        StopReason = stopReason;
        BestEpoch = history.Count == 0 ? 0 : history.MinBy(epoch => Comparable(epoch.ScoreBy(monitor)))!.Epoch;
    }

    private static float Comparable(float score) => float.IsNaN(score) ? float.PositiveInfinity : score;

    /// <summary>Every finished epoch, in order; an epoch that was cancelled on its way is not among them.</summary>
    public IReadOnlyList<EpochSummary> History { get; }

    /// <summary>The first epoch, from 1, with the best <see cref="TrainingOptions.Monitor"/>: the lowest validation loss, or training
    /// loss without validation,
    /// or the best metric; 0 if none was finished.</summary>
    public int BestEpoch { get; }

    /// <summary>Why training ended.</summary>
    public StopReason StopReason { get; }

    /// <summary>What went wrong beside the training, which went on: files that callbacks could not write, checkpoints. Empty where
    /// nothing did.</summary>
    public IReadOnlyList<TrainingFault> Faults { get; }

    /// <inheritdoc/>
    public override string ToString() => $"TrainingResult({StopReason} after {History.Count} epochs, best epoch {BestEpoch}" +
        (Faults.Count == 0 ? ")" : $"; {string.Join("; ", Faults)})");
}
