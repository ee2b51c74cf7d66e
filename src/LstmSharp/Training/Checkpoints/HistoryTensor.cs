using System.Globalization;

namespace LstmSharp;

/// <summary>The finished epochs as a tensor [epochs, 6]: training loss, validation loss (NaN for none), mean and largest gradient norm,
/// learning rate, seconds.</summary>
internal static class HistoryTensor
{
    public const int Columns = 6;

    public static Parameter Of(IReadOnlyList<EpochSummary> history)
    {
        var tensor = new Parameter("history", history.Count, Columns);
        tensor.Edit(row =>
        {
            foreach (EpochSummary epoch in history)
            {
                row[0] = epoch.TrainingLoss;
                row[1] = epoch.ValidationLoss ?? float.NaN;
                row[2] = epoch.MeanGradientNorm;
                row[3] = epoch.MaximumGradientNorm;
                row[4] = epoch.LearningRate;
                row[5] = (float)epoch.Duration.TotalSeconds;
                row = row[Columns..];
            }
        });
        return tensor;
    }

    /// <summary>The monitored metric of every epoch, [epochs, 1].</summary>
    public static Parameter MetricsOf(IReadOnlyList<EpochSummary> history)
    {
        var tensor = new Parameter("metrics", history.Count, 1);
        tensor.CopyFrom([.. history.Select(epoch => epoch.MonitoredMetric!.Value)]);
        return tensor;
    }

    /// <summary>Adds what <see cref="MetricsOf"/> made.</summary>
    public static void AddMetrics(List<EpochSummary> history, ReadOnlySpan<float> metrics, string source)
    {
        if (metrics.Length != history.Count)
        {
            throw CheckpointFile.Damaged(
                source, "the monitored metric", $"{history.Count} epochs", metrics.Length.ToString(CultureInfo.InvariantCulture));
        }

        for (int n = 0; n < metrics.Length; n++)
        {
            history[n] = history[n] with { MonitoredMetric = metrics[n] };
        }
    }

    /// <summary>Reads what <see cref="Of"/> made.</summary>
    public static List<EpochSummary> Read(ReadOnlySpan<float> rows, TrainingOptions options)
    {
        List<EpochSummary> history = [];
        for (; !rows.IsEmpty; rows = rows[Columns..])
        {
            float? validation = options.Validation is null ? null : rows[1];
            double seconds = float.IsFinite(rows[5]) ? Math.Clamp(rows[5], 0, int.MaxValue) : 0;
            history.Add(new EpochSummary(history.Count + 1, rows[0], validation, rows[2], rows[3], rows[4], TimeSpan.FromSeconds(seconds)));
        }

        return history;
    }
}
