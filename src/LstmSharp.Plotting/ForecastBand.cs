using ScottPlot;

namespace LstmSharp.Plotting;

/// <summary>A forecast, checked, as it is drawn.</summary>
internal sealed record ForecastBand(string Name, int FirstStep, double[] Values, double[] Lower, double[] Upper, string BandName, Color Color)
{
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

    public void AddArea(Plot plot, double[] positions)
    {
        var area = plot.Add.FillY(positions, Lower, Upper);
        area.FillColor = Color.WithAlpha(0.2);
        area.LineWidth = 0;
        area.MarkerSize = 0;
        area.LegendText = $"{Name}: {BandName}";
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
            if (!(double.IsFinite(lower[n]) && double.IsFinite(upper[n]) && lower[n] <= upper[n]))
            {
                throw new ArgumentException(
                    $"ForecastPlot: the band of '{name}' must be finite, its lower edge not above the upper, " +
                    $"but at its value {n} goes from {lower[n]} to {upper[n]}.",
                    nameof(lower));
            }
        }
    }
}
