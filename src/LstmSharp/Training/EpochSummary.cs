namespace LstmSharp;

/// <summary>What one finished epoch of training came to.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="TrainingLoss">The mean of the batches' losses, weighted by the targets they count; each was measured before its update.</param>
/// <param name="ValidationLoss">The mean loss of the validation targets that count, after the epoch, or null without validation.</param>
/// <param name="MeanGradientNorm">The mean over the batches of the gradients' global norm, before clipping.</param>
/// <param name="MaximumGradientNorm">The largest of these norms.</param>
/// <param name="LearningRate">The learning rate of the epoch's last batch.</param>
/// <param name="Duration">The epoch's time, validation included.</param>
public sealed record EpochSummary(
    int Epoch,
    float TrainingLoss,
    float? ValidationLoss,
    float MeanGradientNorm,
    float MaximumGradientNorm,
    float LearningRate,
    TimeSpan Duration)
{
    /// <summary>What tells good epochs from bad: the validation loss, or without validation the training loss.</summary>
    internal float MonitoredLoss => ValidationLoss ?? TrainingLoss;
}
