using System.Globalization;
using System.Numerics.Tensors;
using ScottPlot;
using ScottPlot.AxisPanels;
using ScottPlot.Colormaps;
using ScottPlot.Panels;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace LstmSharp.Plotting;

/// <summary>One heat-map of a <see cref="GateTelescope"/>: a gate or a state over time.</summary>
internal sealed class TelescopeBand
{
    /// <summary>From negative through 0, white, to positive: blue and red, which the colour-blind tell apart.</summary>
    private static readonly Color[] Signs =
        [.. new[] { "#053061", "#4393C3", "#F7F7F7", "#D6604D", "#67001F" }.Select(Color.FromHex)];

    /// <summary>So much that a label stands nearer to its own colour bar than to the next one.</summary>
    private const float SpaceBehindLabel = 12;

    private readonly Heatmap _map;
    private readonly ScottPlot.Range _range;

    private readonly int _steps;

    private TelescopeBand(string name, int steps, double[,] intensities, IColormap colours, ScottPlot.Range range)
    {
        Name = name;
        _steps = steps;
        _range = range;
        _map = new Heatmap(intensities) { Colormap = colours, ManualRange = range, NaNCellColor = Colors.Gray };
    }

    /// <summary>What stands before it, ending with its symbol.</summary>
    public string Name { get; }

    /// <summary>The ends of its colours; bands with the same ones share a colour bar.</summary>
    public (double Low, double High) Scale => (_range.Min, _range.Max);

    /// <summary>A layer's bands from top to bottom: the lecture's order.</summary>
    public static IEnumerable<TelescopeBand> Of(LayerTrace trace, int row)
    {
        int steps = trace.Lengths[row];
        if (trace.Layer.Cell is LstmCell)
        {
            yield return Gate("forget f", trace[LstmGate.Forget], row, steps);
            yield return Gate("input i", trace[LstmGate.Input], row, steps);
            yield return Signed("update u", trace[LstmGate.Update], row, steps);
            yield return Gate("output o", trace[LstmGate.Output], row, steps);
            yield return Signed("cell c", trace.Cell, row, steps);
        }
        else if (trace.Layer.Cell is GruCell)
        {
            yield return Gate("reset r", trace[GruGate.Reset], row, steps);
            yield return Gate("update z", trace[GruGate.Update], row, steps);
            yield return Signed("candidate n", trace[GruGate.Candidate], row, steps);
        }

        yield return Signed("hidden h", trace.Hidden, row, steps);
    }

    /// <summary>Draws the band, one unit of the axis high.</summary>
    public void AddTo(Plot plot, double top)
    {
        _map.Rectangle = new CoordinateRect(-0.5, _steps - 0.5, top - 1, top);
        plot.Add.Plottable(_map);
    }

    /// <summary>Draws a colour bar for some bands with the same scale.</summary>
    public static void AddScale(Plot plot, IEnumerable<TelescopeBand> bands)
    {
        TelescopeBand first = bands.First();
        double middle = (first.Scale.Low + first.Scale.High) / 2;
        double[] values = [first.Scale.Low, middle, first.Scale.High];
        ColorBar bar = plot.Add.ColorBar(first._map);
        bar.Label = string.Join(", ", bands.Select(band => band.Name.Split(' ')[^1]));
        string format = first.Scale.High < 1e5 ? "0.##" : "G3";
        bar.Axis.TickGenerator = new NumericManual(
            values, Array.ConvertAll(values, value => value.ToString(format, CultureInfo.InvariantCulture)));
        PlotStyle.SetFonts(bar.Axis);
        ((AxisBase)bar.Axis).PaddingOutsideAxisLabels = new PixelPadding(SpaceBehindLabel);
    }

    private static TelescopeBand Gate(string name, Tensor<float> values, int row, int steps) =>
        new(name, steps, Intensities(values, row, steps), new Viridis(), new ScottPlot.Range(0, 1));

    /// <summary>A band around 0: from −1 to 1, or further where a value goes further.</summary>
    private static TelescopeBand Signed(string name, Tensor<float> values, int row, int steps)
    {
        double[,] intensities = Intensities(values, row, steps);
        double largest = RoundUp(intensities.Cast<double>().Where(double.IsFinite).Select(Math.Abs).Append(1).Max());
        var range = new ScottPlot.Range(-largest, largest);
        return new TelescopeBand(name, steps, intensities, new CustomInterpolated(Signs), range);
    }

    /// <summary>The next number of two digits.</summary>
    private static double RoundUp(double value)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        return Math.Ceiling(value / unit) * unit;
    }

    /// <summary>A row's values with a line for every unit and a column for every time step; a single one comes twice, because
    /// ScottPlot draws no heat-map of one line or column.</summary>
    private static double[,] Intensities(Tensor<float> values, int row, int steps)
    {
        nint units = values.Lengths[2];
        var intensities = new double[Math.Max(units, 2), Math.Max(steps, 2)];
        for (nint unit = 0; unit < intensities.GetLength(0); unit++)
        {
            for (nint t = 0; t < intensities.GetLength(1); t++)
            {
                intensities[unit, t] = values[Math.Min(t, steps - 1), row, Math.Min(unit, units - 1)];
            }
        }

        return intensities;
    }
}
