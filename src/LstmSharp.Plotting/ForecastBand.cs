using System.Globalization;
using ScottPlot;

namespace LstmSharp.Plotting;

/// <summary>A forecast, checked, as it is drawn.</summary>
internal sealed record ForecastBand(string Name, int FirstStep, double[] Values, double[] Lower, double[] Upper, string BandName, Color Color)
{
    /// <summary>As wide as a mark.</summary>
    private const float BarWidth = PlotStyle.MarkerSize;

    public static ForecastBand Of(ForecastCurve forecast, int n)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        ArgumentNullException.ThrowIfNull(forecast.Values, nameof(forecast));
        ArgumentOutOfRangeException.ThrowIfNegative(forecast.FirstStep, nameof(forecast.FirstStep));
        double[] values = ForecastPlot.Doubles(forecast.Values);
        double[] lower = ForecastPlot.Doubles(forecast.Lower ?? []), upper = ForecastPlot.Doubles(forecast.Upper ?? []);
        if (forecast.Lower is not null || forecast.Upper is not null)
        {
            Check(forecast.Name, values.Length, lower, upper);
        }

        return new ForecastBand(forecast.Name, forecast.FirstStep, values, lower, upper, forecast.BandName, PlotStyle.Of(n));
    }

    /// <summary>Draws the band: an area over every run of steps between gaps, and a bar over a step alone.</summary>
    public void AddArea(Plot plot, double[] positions)
    {
        Color color = Color.WithAlpha(0.2);
        string legend = $"{Name}: {BandName}";
        foreach ((int first, int count) in PlotStyle.Runs(Lower))
        {
            if (count == 1)
            {
                var bar = plot.Add.Line(positions[first], Lower[first], positions[first], Upper[first]);
                (bar.LineColor, bar.LineWidth, bar.LegendText) = (color, BarWidth, legend);
            }
            else
            {
                System.Range run = first..(first + count);
                var area = plot.Add.FillY(positions[run], Lower[run], Upper[run]);
                (area.FillColor, area.LineWidth, area.MarkerSize, area.LegendText) = (color, 0, 0, legend);
            }

            legend = string.Empty;
        }
    }

    private static void Check(string name, int count, double[] lower, double[] upper)
    {
        if (lower.Length != count || upper.Length != count)
        {
            throw new ArgumentException(
                $"ForecastPlot: the band of '{name}' must have {count} lower and {count} upper values, as the forecast has, " +
                $"but has {lower.Length} and {upper.Length}.",
                nameof(lower));
        }

        for (int n = 0; n < count; n++)
        {
            bool isGap = double.IsNaN(lower[n]) && double.IsNaN(upper[n]);
            if (!isGap && !(double.IsFinite(lower[n]) && double.IsFinite(upper[n]) && lower[n] <= upper[n]))
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"ForecastPlot: the band of '{name}' must be finite, its lower edge not above the upper, or NaN on both edges " +
                        $"for a gap, but at its value {n} goes from {lower[n]} to {upper[n]}."),
                    nameof(lower));
            }
        }
    }
}
