using System.Globalization;
using ScottPlot;

namespace LstmSharp.Samples.LongMemory;

/// <summary>The two pictures.</summary>
public static class Figures
{
    private const int Height = 620;
    private const int Width = 960;

    private static readonly Color[] Colors = [Color.FromHex("#c0392b"), Color.FromHex("#e08e0b"), Color.FromHex("#1f6fb4")];

    /// <summary>Draws the gradient's decay with the lag: fresh networks on the left, trained ones on the right.</summary>
    public static void SaveGradients(string path, GradientStudy study)
    {
        var picture = new Multiplot();
        picture.AddPlots(2);
        picture.Layout = new ScottPlot.MultiplotLayouts.Columns();
        Plot fresh = picture.GetPlot(0), trained = picture.GetPlot(1);
        Draw(fresh, "Gradient against lag, before training", study.Fresh);
        Draw(trained, $"Gradient against lag, trained on T = {study.TrainedLength}", study.Trained);
        trained.HideLegend();
        picture.SavePng(path, 2 * Width * 3 / 4, Height);
    }

    /// <summary>Draws max |h_t| over t.</summary>
    public static void SaveGrowth(string path, IReadOnlyList<(Activation Activation, double[] Largest)> growth, float gain)
    {
        using var plot = new Plot();
        for (int n = 0; n < growth.Count; n++)
        {
            AddCurve(plot, growth[n].Largest, growth[n].Activation.ToString(), Colors[n], LinePattern.Solid);
        }

        string factor = gain.ToString(CultureInfo.InvariantCulture);
        Finish(plot, $"The same layer again and again, recurrent weights with gain {factor}", "time step t", "largest |h_t| of 32 units");
        plot.Axes.SetLimits(0, growth[0].Largest.Length, -2, Math.Log10(growth[0].Largest.Max()) + 1);
        plot.ShowLegend(Alignment.UpperLeft);
        plot.SavePng(path, Width, Height);
    }

    private static void Draw(Plot plot, string title, IReadOnlyList<GradientByLag> gradients)
    {
        for (int n = 0; n < gradients.Count; n++)
        {
            AddCurve(plot, gradients[n].Hidden, $"{Network.All[n].Name}: h", Colors[n], LinePattern.Solid);
            AddCurve(plot, gradients[n].Cell, $"{Network.All[n].Name}: c", Colors[n], LinePattern.Dashed);
        }

        Finish(plot, title, "lag n = T - t, in steps", "gradient of the last loss, relative to lag 1");
        plot.Axes.SetLimits(0, gradients[0].Hidden.Count, -14, 3);
        plot.ShowLegend(Alignment.LowerLeft);
    }

    /// <summary>Adds values at 1, 2, … by their decimal logarithms; no curve where there are no values.</summary>
    private static void AddCurve(Plot plot, IReadOnlyList<double> values, string name, Color color, LinePattern pattern)
    {
        if (values.Count == 0)
        {
            return;
        }

        double[] positions = [.. Enumerable.Range(1, values.Count).Select(n => (double)n)];
        var curve = plot.Add.ScatterLine(positions, [.. values.Select(Math.Log10)], color);
        curve.LegendText = name;
        curve.LineWidth = 2.5f;
        curve.LinePattern = pattern;
    }

    private static void Finish(Plot plot, string title, string across, string up)
    {
        plot.Title(title, size: 20);
        plot.XLabel(across, size: 16);
        plot.YLabel(up, size: 16);
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
        {
            IntegerTicksOnly = true,
            LabelFormatter = exponent => exponent == 0 ? "1" : string.Create(CultureInfo.InvariantCulture, $"1e{exponent:+0;-0}"),
        };
        plot.Axes.Left.TickLabelStyle.FontSize = 14;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 14;
        plot.Legend.FontSize = 14;
        plot.Layout.Fixed(new PixelPadding(left: 100, right: 30, bottom: 70, top: 60));
    }
}
