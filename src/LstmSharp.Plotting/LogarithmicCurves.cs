using ScottPlot;
using ScottPlot.Plottables;

namespace LstmSharp.Plotting;

/// <summary>Curves of hidden states and memory cells over the steps 0, 1, … on a logarithmic axis. Values of 0 leave gaps.</summary>
internal sealed class LogarithmicCurves(Plot plot)
{
    /// <summary>So much darker that dashes are seen on the solid line of the same layer.</summary>
    private const double CellDarker = 0.45;

    private readonly List<double> _logarithms = [];
    private int _length;

    /// <summary>Adds a curve of the n-th layer's hidden state: solid.</summary>
    public void AddHidden(IEnumerable<double> values, string name, int n) => Add(values, name, PlotStyle.Of(n));

    /// <summary>Adds a curve of the n-th layer's memory cell: dashed.</summary>
    public void AddCell(IEnumerable<double> values, string name, int n) =>
        Add(values, name, PlotStyle.Of(n).Darken(CellDarker)).LinePattern = LinePattern.Dashed;

    /// <summary>Labels the axes and shows the legend.</summary>
    public void Finish()
    {
        PlotStyle.UseWholeNumbers(plot.Axes.Bottom);
        plot.Axes.SetLimitsX(-0.5, _length - 0.5);
        PlotStyle.UseDecades(plot, _logarithms);
        PlotStyle.ShowLegend(plot);
    }

    private Scatter Add(IEnumerable<double> values, string name, Color color)
    {
        double[] logarithms = [.. values.Select(Math.Log10)];
        _logarithms.AddRange(logarithms);
        _length = Math.Max(_length, logarithms.Length);
        return PlotStyle.AddLine(plot, PlotStyle.Steps(logarithms.Length), logarithms, name, color);
    }
}
