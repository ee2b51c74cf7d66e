using System.Globalization;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace LstmSharp.Plotting;

/// <summary>What all pictures have in common: sizes that are read at 900 × 400, and colours that the colour-blind tell apart.</summary>
internal static class PlotStyle
{
    public const float MarkerSize = 6;

    private const float LineWidth = 2;
    private const float TitleSize = 17;
    private const float LabelSize = 14;
    private const float TickSize = 13;

    /// <summary>More decades than this do not all get a label.</summary>
    private const int MostDecades = 7;

    /// <summary>Powers of ten further from 1 than this are written with an exponent, and then all of an axis.</summary>
    private const int MostZeros = 4;

    /// <summary>Okabe and Ito, "Color universal design", 2008.</summary>
    private static readonly Color[] Palette =
        [.. new[] { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9" }.Select(Color.FromHex)];

    /// <summary>Of what came true: grey, so that a forecast is seen on it.</summary>
    public static Color Truth { get; } = Color.FromHex("#8C8C8C");

    public static Color Mark { get; } = Colors.Black;

    /// <summary>The colour of the n-th curve; they come again after six.</summary>
    public static Color Of(int n) => Palette[n % Palette.Length];

    /// <summary>What titles call a layer.</summary>
    public static string NameOf(string path, RecurrentLayer layer) =>
        $"layer {path}, {layer.Cell.GetType().Name}({layer.InputSize} => {layer.OutputSize})";

    /// <summary>How legends begin the names of a layer's curves: not at all, where it is the only one.</summary>
    public static string PrefixOf(string path, int layerCount) => layerCount == 1 ? string.Empty : $"layer {path}: ";

    /// <summary>0, 1, … as positions on an axis.</summary>
    public static double[] Steps(int count) => [.. Enumerable.Range(0, count).Select(step => (double)step)];

    public static Plot NewPlot(string title, string across, string up)
    {
        var plot = new Plot();
        if (PlotFont.Family is not null)
        {
            plot.Font.Set(PlotFont.Family);
        }

        plot.Title(title, TitleSize);
        plot.XLabel(across);
        plot.YLabel(up);
        plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = Number };
        foreach (IAxis axis in plot.Axes.GetAxes())
        {
            SetFonts(axis);
        }

        plot.Legend.FontSize = TickSize;
        plot.Legend.SymbolWidth = 30;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.BackgroundColor = Colors.Transparent;
        return plot;
    }

    public static void SetFonts(IAxis axis)
    {
        axis.Label.FontSize = LabelSize;
        axis.Label.Bold = false;
        axis.TickLabelStyle.FontSize = TickSize;
        if (PlotFont.Family is not null)
        {
            axis.Label.FontName = PlotFont.Family;
            axis.TickLabelStyle.FontName = PlotFont.Family;
        }
    }

    /// <summary>Adds a line; values that are not finite leave gaps. A point alone between gaps, which has no line, is marked.</summary>
    public static Scatter AddLine(Plot plot, double[] positions, double[] values, string name, Color color)
    {
        double[] drawn = Array.ConvertAll(values, value => double.IsFinite(value) ? value : double.NaN);
        Scatter line = plot.Add.Scatter(positions, drawn, color);
        line.LegendText = name;
        line.LineWidth = LineWidth;
        line.MarkerSize = 0;
        foreach ((int n, _) in Runs(drawn).Where(run => run.Count == 1))
        {
            plot.Add.Marker(positions[n], drawn[n], MarkerShape.FilledCircle, MarkerSize, color);
        }

        return line;
    }

    /// <summary>The runs of finite values between the gaps.</summary>
    public static IEnumerable<(int First, int Count)> Runs(double[] values)
    {
        for (int first = 0; first < values.Length; first++)
        {
            int end = first;
            while (end < values.Length && double.IsFinite(values[end]))
            {
                end++;
            }

            if (end > first)
            {
                yield return (first, end - first);
                first = end;
            }
        }
    }

    /// <summary>Labels the left axis for values that are drawn by their decimal logarithms, from one label to another.</summary>
    public static void UseDecades(Plot plot, IEnumerable<double> logarithms)
    {
        const double Rounding = 1e-6;       // the logarithm of 0.01f lies a little below −2
        double[] drawn = [.. logarithms.Where(double.IsFinite).DefaultIfEmpty(0)];
        int low = (int)Math.Floor(drawn.Min() + Rounding), high = Math.Max((int)Math.Ceiling(drawn.Max() - Rounding), low + 1);
        int step = (high - low + MostDecades - 1) / MostDecades;
        low = step * (int)Math.Floor((double)low / step);
        high = step * (int)Math.Ceiling((double)high / step);
        bool isShort = Math.Max(high, -low) <= MostZeros;
        var ticks = new NumericManual();
        for (int exponent = low; exponent <= high; exponent += step)
        {
            ticks.AddMajor(exponent, PowerOfTen(exponent, isShort));
            for (int digit = 2; step == 1 && exponent < high && digit <= 9; digit++)
            {
                ticks.AddMinor(exponent + Math.Log10(digit));
            }
        }

        plot.Axes.Left.TickGenerator = ticks;
        plot.Axes.SetLimitsY(low, high);
    }

    /// <summary>Labels an axis for values that are whole numbers.</summary>
    public static void UseWholeNumbers(IAxis axis)
    {
        axis.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true, LabelFormatter = Number };
        axis.MinorTickStyle.Length = 0;
    }

    /// <summary>Shows the names of the curves beside the data, where they cover none of it.</summary>
    public static void ShowLegend(Plot plot) => plot.ShowLegend(Edge.Right);

    /// <summary>A number as an axis shows it, the same in every culture.</summary>
    private static string Number(double value) => Math.Abs(value) is < 1e-10 or (>= 1e-4 and < 1e7)
        ? value.ToString("#,0.######;-#,0.######;0", CultureInfo.InvariantCulture)
        : value.ToString("0.###e0", CultureInfo.InvariantCulture);

    private static string PowerOfTen(int exponent, bool isShort) => isShort || exponent == 0
        ? Math.Pow(10, exponent).ToString("0.####", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"1e{exponent}");
}
