using ScottPlot;
using ScottPlot.Plottables;

namespace LstmSharp.Plotting;

/// <summary>Draws how large the gradient still is so many steps before the last, on a logarithmic axis: exponential vanishing is a
/// straight line downwards.</summary>
/// <remarks>The lag counts steps back from the last one, 0 being the last step itself. A norm of 0 is left out; below about 1e-28 float32
/// gradients are rounded (<see cref="GradientFlow"/>).</remarks>
public static class GradientFlowPlot
{
    private const string Title = "Gradient flow";

    /// <summary>Draws a model's layers: the norms of ∂L/∂h and, dashed, of ∂L/∂c against the lag, with the share of saturated gates,
    /// dotted, on the right axis.</summary>
    /// <param name="flow">What was measured.</param>
    /// <exception cref="ArgumentNullException">The flow is null.</exception>
    /// <exception cref="ArgumentException">There is no recurrent layer, or no step to draw.</exception>
    public static Plot Of(GradientFlow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        bool isAlone = flow.Layers.Count == 1;
        (string Name, LayerGradientFlow Layer)[] curves =
            [.. flow.Layers.Select(layer => (PlotStyle.PrefixOf(layer.LayerIndex, flow.Layers.Count), layer))];
        Plot plot = Draw(isAlone ? $"Gradient flow: {PlotStyle.NameOf(flow.Layers[0].LayerIndex, flow.Layers[0].Layer)}" : Title, curves);
        for (int n = 0; n < curves.Length; n++)
        {
            AddShares(plot, curves[n].Layer, PlotStyle.Of(n)).LegendText = isAlone ? $"saturated {Gates(curves[n].Layer)}"
                : n == 0 ? "dotted: saturated" : string.Empty;
        }

        return plot;
    }

    /// <summary>Draws layers, of any models, to be compared: the norms of ∂L/∂h and, dashed, of ∂L/∂c against the lag.</summary>
    /// <param name="curves">The layers with the names that the legend gives them.</param>
    /// <param name="relativeToLag">The lag, from 0, whose norm counts as 1 in every curve, so that losses of different size can be
    /// compared; null, the default, draws the norms as they are. At lag 0 there is no ∂L/∂c: take 1 to see it.</param>
    /// <exception cref="ArgumentNullException">The curves or one of the layers is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lag is negative.</exception>
    /// <exception cref="ArgumentException">There is nothing to draw, or a layer saw no step of that lag.</exception>
    public static Plot Compare(IReadOnlyList<(string Name, LayerGradientFlow Layer)> curves, int? relativeToLag = null)
    {
        ArgumentNullException.ThrowIfNull(curves);
        ArgumentOutOfRangeException.ThrowIfNegative(relativeToLag ?? 0, nameof(relativeToLag));
        foreach ((string name, LayerGradientFlow layer) in curves)
        {
            ArgumentNullException.ThrowIfNull(layer, nameof(curves));
            if (relativeToLag >= layer.SequenceLength)
            {
                throw new ArgumentException(
                    $"GradientFlowPlot: relativeToLag must be a lag of every layer, but {relativeToLag} is none of '{name}', " +
                    $"which saw {layer.SequenceLength} steps.",
                    nameof(relativeToLag));
            }
        }

        return Draw(Title, [.. curves.Select(curve => ($"{curve.Name}: ", curve.Layer))], relativeToLag);
    }

    private static Plot Draw(string title, (string Name, LayerGradientFlow Layer)[] curves, int? relativeToLag = null)
    {
        int lags = curves.Select(curve => curve.Layer.SequenceLength).DefaultIfEmpty(0).Max();
        if (lags == 0)
        {
            throw new ArgumentException("GradientFlowPlot: there must be a recurrent layer that saw a step, but there is none.");
        }

        string relative = relativeToLag is null ? string.Empty : $", relative to lag {relativeToLag}";
        Plot plot = PlotStyle.NewPlot(title, "lag (steps before the last)", $"norm of the gradient{relative}");
        var norms = new LogarithmicCurves(plot);
        for (int n = 0; n < curves.Length; n++)
        {
            (string name, LayerGradientFlow layer) = curves[n];
            norms.AddHidden(Relative(layer.HiddenNorms, relativeToLag), $"{name}∂L/∂h", n);
            if (layer.HasCell)
            {
                norms.AddCell(Relative(layer.CellNorms, relativeToLag), $"{name}∂L/∂c", n);
            }
        }

        norms.Finish();
        return plot;
    }

    private static IEnumerable<double> Relative(IReadOnlyList<double> norms, int? lag) =>
        norms.Select(norm => norm / (lag is null ? 1 : norms[lag.Value]));

    private static string Gates(LayerGradientFlow layer) => layer.HasGates ? "gates" : "units";

    private static Scatter AddShares(Plot plot, LayerGradientFlow layer, Color color)
    {
        IReadOnlyList<double> shares = layer.SaturatedShares;
        Scatter line = PlotStyle.AddLine(
            plot, PlotStyle.Steps(shares.Count), [.. shares.Select(share => 100 * share)], string.Empty, color);
        line.LinePattern = LinePattern.Dotted;
        line.Axes.YAxis = plot.Axes.Right;
        plot.Axes.Right.Label.Text = "saturated (%)";
        plot.Axes.SetLimitsY(0, 100, plot.Axes.Right);
        PlotStyle.UseWholeNumbers(plot.Axes.Right);
        return line;
    }
}
