namespace LstmSharp;

/// <summary>What one finished epoch of training came to.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="TrainingLoss">The mean of the batches' losses, weighted by the targets they count; each was measured before its
/// update.</param>
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
    /// <summary>The value of <see cref="TrainingOptions.Monitor"/> on the validation data, in float32; null without one.</summary>
    public float? MonitoredMetric { get; init; }

    /// <summary>What tells good epochs from bad, the lower the better: the validation loss, without validation the training loss, or the
    /// monitored metric, with its sign turned where larger is better.</summary>
    internal float ScoreBy(Metric? monitor) => ScoreOf(monitor, ValidationLoss ?? TrainingLoss, MonitoredMetric);

    internal static float ScoreOf(Metric? monitor, float loss, float? metric) =>
        monitor is null ? loss : monitor.LargerIsBetter ? -metric!.Value : metric!.Value;
}
