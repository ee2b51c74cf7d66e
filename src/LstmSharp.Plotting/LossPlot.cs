using ScottPlot;

namespace LstmSharp.Plotting;

/// <summary>Draws how the loss fell: training and validation loss by epoch.</summary>
public static class LossPlot
{
    /// <summary>Losses that differ by more than this factor are drawn on a logarithmic axis unless told otherwise.</summary>
    private const double LargestLinearRatio = 30;

    /// <summary>With more epochs than this, marks would run into each other.</summary>
    private const int MostMarkers = 60;

    /// <summary>Draws the losses of a run of training, the best epoch marked.</summary>
    /// <param name="result">What <c>Fit</c> returned.</param>
    /// <param name="logarithmic">Whether the loss axis is logarithmic; by default where the largest loss is more than 30 times the
    /// smallest. Losses of 0 and below are left out of a logarithmic axis.</param>
    /// <exception cref="ArgumentNullException">The result is null.</exception>
    /// <exception cref="ArgumentException">No epoch was finished.</exception>
    public static Plot Of(TrainingResult result, bool? logarithmic = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Of(result.History, logarithmic);
    }

    /// <summary>Draws the losses of epochs, the one with the lowest validation loss marked, or training loss without validation.</summary>
    /// <param name="history">The epochs, such as <see cref="TrainingResult.History"/>, or those of several runs one after the
    /// other, which are then counted on.</param>
    /// <param name="logarithmic">Whether the loss axis is logarithmic; by default where the largest loss is more than 30 times the
    /// smallest. Losses of 0 and below are left out of a logarithmic axis.</param>
    /// <exception cref="ArgumentNullException">The history is null.</exception>
    /// <exception cref="ArgumentException">The history is empty.</exception>
    public static Plot Of(IReadOnlyList<EpochSummary> history, bool? logarithmic = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.Count == 0)
        {
            throw new ArgumentException("LossPlot: history must have at least one finished epoch, but has none.", nameof(history));
        }

        bool isOneRun = history.Zip(history.Skip(1)).All(pair => pair.First.Epoch < pair.Second.Epoch);
        double[] epochs = [.. history.Select((epoch, n) => isOneRun ? epoch.Epoch : n + 1.0)];
        double[] training = [.. history.Select(epoch => (double)epoch.TrainingLoss)];
        double[] validation = [.. history.Select(epoch => (double)(epoch.ValidationLoss ?? float.NaN))];
        bool isLogarithmic = logarithmic ?? SpansDecades([.. training, .. validation]);
        double Height(double loss) => isLogarithmic ? Math.Log10(loss) : loss;

        Plot plot = PlotStyle.NewPlot("Loss by epoch", isOneRun ? "epoch" : "epoch, all runs counted on", isLogarithmic ? "loss (logarithmic)" : "loss");
        AddLosses(plot, epochs, Array.ConvertAll(training, Height), "training", PlotStyle.Of(0));
        if (history.Any(epoch => epoch.ValidationLoss.HasValue))
        {
            AddLosses(plot, epochs, Array.ConvertAll(validation, Height), "validation", PlotStyle.Of(1));
        }

        PlotStyle.UseWholeNumbers(plot.Axes.Bottom);
        plot.Axes.SetLimitsX(epochs.Min() - 0.5, epochs.Max() + 0.5);
        if (isLogarithmic)
        {
            PlotStyle.UseDecades(plot, training.Concat(validation).Select(Height));
        }

        MarkBest(plot, history, epochs, Height);
        PlotStyle.ShowLegend(plot);
        return plot;
    }

    private static bool SpansDecades(double[] losses)
    {
        double[] known = [.. losses.Where(double.IsFinite)];
        return known.Length > 0 && known.Min() > 0 && known.Max() > LargestLinearRatio * known.Min();
    }

    private static void AddLosses(Plot plot, double[] epochs, double[] losses, string name, Color color) =>
        PlotStyle.AddLine(plot, epochs, losses, name, color).MarkerSize = epochs.Length <= MostMarkers ? PlotStyle.MarkerSize : 0;

    private static void MarkBest(Plot plot, IReadOnlyList<EpochSummary> history, double[] epochs, Func<double, double> height)
    {
        bool isValidated = history.Any(epoch => epoch.ValidationLoss.HasValue);
        double[] monitored =
            [.. history.Select(epoch => height(isValidated ? epoch.ValidationLoss ?? double.NaN : epoch.TrainingLoss))];
        int[] candidates = [.. Enumerable.Range(0, monitored.Length).Where(n => double.IsFinite(monitored[n]))];
        if (candidates.Length > 0)
        {
            int best = candidates.MinBy(n => monitored[n]);
            var mark = plot.Add.Marker(epochs[best], monitored[best], MarkerShape.OpenCircle, 16, PlotStyle.Mark);
            mark.MarkerLineWidth = 2;
            mark.LegendText = $"best: epoch {epochs[best]}";
        }
    }
}
