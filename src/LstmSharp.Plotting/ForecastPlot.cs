using ScottPlot;

namespace LstmSharp.Plotting;

/// <summary>Draws forecasts against what came true, with bands for how sure they are.</summary>
/// <remarks>The value axis is labelled <c>value</c>: name the quantity and its unit with <c>plot.YLabel("temperature (°C)")</c>.</remarks>
public static class ForecastPlot
{
    /// <summary>Wider than forecasts, so that it is still seen where they lie on it.</summary>
    private const float TruthWidth = 3.5f;

    /// <summary>Draws one forecast.</summary>
    /// <param name="truth">What came true, in order of time, such as an array or a <c>Tensor&lt;float&gt;</c>; NaN leaves a gap.</param>
    /// <param name="forecast">The forecast values; NaN leaves a gap.</param>
    /// <param name="lower">The lower edge of a band around the forecast, of the forecast's length; NaN on both edges leaves a gap, null
    /// makes no band.</param>
    /// <param name="upper">The upper edge of the band.</param>
    /// <param name="firstStep">The step of the truth that the first forecast value is about.</param>
    /// <param name="start">The date of the truth's first value; null, the default, numbers the steps from 0.</param>
    /// <param name="interval">The time between two values, by default a day; needs <paramref name="start"/>. Where it varies, as between
    /// trading days or months, give every date instead.</param>
    /// <exception cref="ArgumentNullException">Truth or forecast is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The first step is negative, the interval is below 1 ms, or a date lies
    /// outside the years 100 to 9999.</exception>
    /// <exception cref="ArgumentException">There is nothing to draw, or the band does not fit the forecast.</exception>
    public static Plot Of(
        IEnumerable<float> truth,
        IEnumerable<float> forecast,
        IEnumerable<float>? lower = null,
        IEnumerable<float>? upper = null,
        int firstStep = 0,
        DateTime? start = null,
        TimeSpan? interval = null)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        return Of(truth, [new ForecastCurve("forecast", forecast) { Lower = lower, Upper = upper, FirstStep = firstStep }], start, interval);
    }

    /// <summary>Draws several forecasts.</summary>
    /// <param name="truth">What came true, in order of time; NaN leaves a gap.</param>
    /// <param name="forecasts">The forecasts.</param>
    /// <param name="start">The date of the truth's first value; null, the default, numbers the steps from 0.</param>
    /// <param name="interval">The time between two values, by default a day; needs <paramref name="start"/>. Where it varies, as between
    /// trading days or months, give every date instead.</param>
    /// <exception cref="ArgumentNullException">Truth, the forecasts or one of them is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A first step is negative, the interval is below 1 ms, or a date lies
    /// outside the years 100 to 9999.</exception>
    /// <exception cref="ArgumentException">There is nothing to draw, or a band does not fit its forecast.</exception>
    public static Plot Of(
        IEnumerable<float> truth, IReadOnlyList<ForecastCurve> forecasts, DateTime? start = null, TimeSpan? interval = null) =>
        Draw(truth, forecasts, last => ForecastAxis.Of(start, interval, last));

    /// <summary>Draws one forecast at dates that need not be equally far apart, such as trading days or months.</summary>
    /// <param name="dates">The date of every step, in order of time: of the truth's values, and of those that are forecast beyond them.
    /// More dates than steps are allowed.</param>
    /// <param name="truth">What came true, from the first date on; NaN leaves a gap.</param>
    /// <param name="forecast">The forecast values; NaN leaves a gap.</param>
    /// <param name="lower">The lower edge of a band around the forecast, of the forecast's length; NaN on both edges leaves a gap, null
    /// makes no band.</param>
    /// <param name="upper">The upper edge of the band.</param>
    /// <param name="firstStep">The step of the truth that the first forecast value is about.</param>
    /// <exception cref="ArgumentNullException">The dates, truth or forecast are null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The first step is negative, or a date lies outside the years 100 to 9999.</exception>
    /// <exception cref="ArgumentException">There is nothing to draw, the band does not fit the forecast, or the dates are too few or not
    /// in order of time.</exception>
    public static Plot Of(
        IEnumerable<DateTime> dates,
        IEnumerable<float> truth,
        IEnumerable<float> forecast,
        IEnumerable<float>? lower = null,
        IEnumerable<float>? upper = null,
        int firstStep = 0)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        return Of(dates, truth, [new ForecastCurve("forecast", forecast) { Lower = lower, Upper = upper, FirstStep = firstStep }]);
    }

    /// <summary>Draws several forecasts at dates that need not be equally far apart, such as trading days or months.</summary>
    /// <param name="dates">The date of every step, in order of time: of the truth's values, and of those that are forecast beyond them.
    /// More dates than steps are allowed.</param>
    /// <param name="truth">What came true, from the first date on; NaN leaves a gap.</param>
    /// <param name="forecasts">The forecasts.</param>
    /// <exception cref="ArgumentNullException">The dates, truth, the forecasts or one of them is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A first step is negative, or a date lies outside the years 100 to 9999.</exception>
    /// <exception cref="ArgumentException">There is nothing to draw, a band does not fit its forecast, or the dates are too few or not
    /// in order of time.</exception>
    public static Plot Of(IEnumerable<DateTime> dates, IEnumerable<float> truth, IReadOnlyList<ForecastCurve> forecasts)
    {
        ArgumentNullException.ThrowIfNull(dates);
        return Draw(truth, forecasts, last => ForecastAxis.Of(dates, last));
    }

    internal static double[] Doubles(IEnumerable<float> values) => [.. values.Select(value => (double)value)];

    private static Plot Draw(IEnumerable<float> truth, IReadOnlyList<ForecastCurve> forecasts, Func<double, ForecastAxis> axisTo)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(forecasts);
        double[] values = Doubles(truth);
        ForecastBand[] bands = [.. forecasts.Select((forecast, n) => ForecastBand.Of(forecast, n))];
        if (values.Length + bands.Sum(band => band.Values.Length) == 0)
        {
            throw new ArgumentException("ForecastPlot: truth or a forecast must hold values, but there are none.", nameof(truth));
        }

        double last = Math.Max(values.Length - 1, bands.Select(band => (double)band.FirstStep + band.Values.Length - 1).DefaultIfEmpty(0).Max());
        ForecastAxis axis = axisTo(last);
        Plot plot = PlotStyle.NewPlot("Forecast against truth", axis.Label, "value");
        double[] Positions(int first, int count) => [.. Enumerable.Range(0, count).Select(n => axis.Position((double)first + n))];
        foreach (ForecastBand band in bands.Where(band => band.Lower.Length > 0))
        {
            band.AddArea(plot, Positions(band.FirstStep, band.Values.Length));
        }

        PlotStyle.AddLine(plot, Positions(0, values.Length), values, "truth", PlotStyle.Truth).LineWidth = TruthWidth;
        foreach (ForecastBand band in bands)
        {
            PlotStyle.AddLine(plot, Positions(band.FirstStep, band.Values.Length), band.Values, band.Name, band.Color);
        }

        axis.UseTicks(plot, last);
        PlotStyle.ShowLegend(plot);
        return plot;
    }
}
