using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace LstmSharp.Plotting;

/// <summary>Draws forecasts against what came true, with bands for how sure they are.</summary>
/// <remarks>The value axis is labelled <c>value</c>: name the quantity and its unit with <c>plot.YLabel("temperature (°C)")</c>.</remarks>
public static class ForecastPlot
{
    /// <summary>Wider than forecasts, so that it is still seen where they lie on it.</summary>
    private const float TruthWidth = 3.5f;

    private const double TwoMinutes = 2.0 / (24 * 60);

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(1);

    /// <summary>The years that axes of dates can show.</summary>
    private static readonly DateTime FirstDate = new(100, 1, 1), LastDate = new(9999, 12, 31);

    /// <summary>Draws one forecast.</summary>
    /// <param name="truth">What came true, in order of time, such as an array or a <c>Tensor&lt;float&gt;</c>; NaN leaves a gap.</param>
    /// <param name="forecast">The forecast values; NaN leaves a gap.</param>
    /// <param name="lower">The lower edge of a band around the forecast, of the forecast's length; NaN on both edges leaves a gap, null
    /// makes no band.</param>
    /// <param name="upper">The upper edge of the band.</param>
    /// <param name="firstStep">The step of the truth that the first forecast value is about.</param>
    /// <param name="start">The date of the truth's first value; null, the default, numbers the steps from 0.</param>
    /// <param name="interval">The time between two values, by default a day; needs <paramref name="start"/>.</param>
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
    /// <param name="interval">The time between two values, by default a day; needs <paramref name="start"/>.</param>
    /// <exception cref="ArgumentNullException">Truth, the forecasts or one of them is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A first step is negative, the interval is below 1 ms, or a date lies
    /// outside the years 100 to 9999.</exception>
    /// <exception cref="ArgumentException">There is nothing to draw, or a band does not fit its forecast.</exception>
    public static Plot Of(
        IEnumerable<float> truth, IReadOnlyList<ForecastCurve> forecasts, DateTime? start = null, TimeSpan? interval = null)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(forecasts);
        CheckInterval(start, interval);
        double[] values = Doubles(truth);
        ForecastBand[] bands = [.. forecasts.Select((forecast, n) => ForecastBand.Of(forecast, n))];
        if (values.Length + bands.Sum(band => band.Values.Length) == 0)
        {
            throw new ArgumentException("ForecastPlot: truth or a forecast must hold values, but there are none.", nameof(truth));
        }

        Plot plot = PlotStyle.NewPlot("Forecast against truth", start is null ? "time step" : "date", "value");
        TimeSpan between = interval ?? TimeSpan.FromDays(1);
        double last = Math.Max(values.Length - 1, bands.Select(band => (double)band.FirstStep + band.Values.Length - 1).DefaultIfEmpty(0).Max());
        ThrowIfDatesLeaveTheAxis(start, between, last);
        double X(double step) => start is null ? step : start.Value.AddTicks((long)(step * between.Ticks)).ToOADate();
        double[] Positions(int first, int count) => [.. Enumerable.Range(0, count).Select(n => X((double)first + n))];
        foreach (ForecastBand band in bands.Where(band => band.Lower.Length > 0))
        {
            band.AddArea(plot, Positions(band.FirstStep, band.Values.Length));
        }

        PlotStyle.AddLine(plot, Positions(0, values.Length), values, "truth", PlotStyle.Truth).LineWidth = TruthWidth;
        foreach (ForecastBand band in bands)
        {
            PlotStyle.AddLine(plot, Positions(band.FirstStep, band.Values.Length), band.Values, band.Name, band.Color);
        }

        UseTicks(plot, start, last * between.TotalDays);
        PlotStyle.ShowLegend(plot);
        return plot;
    }

    internal static double[] Doubles(IEnumerable<float> values) => [.. values.Select(value => (double)value)];

    private static void CheckInterval(DateTime? start, TimeSpan? interval)
    {
        if (interval < ShortestInterval)
        {
            throw new ArgumentOutOfRangeException(nameof(interval), interval, "ForecastPlot: interval must be at least 1 ms.");
        }

        if (interval is not null && start is null)
        {
            throw new ArgumentException("ForecastPlot: an interval needs a start, but there is none.", nameof(interval));
        }
    }

    private static void ThrowIfDatesLeaveTheAxis(DateTime? start, TimeSpan interval, double last)
    {
        if (start is { } first && (first < FirstDate || first.Ticks + (last * interval.Ticks) > LastDate.Ticks))
        {
            throw new ArgumentOutOfRangeException(
                nameof(start),
                start,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"ForecastPlot: all dates must lie from {FirstDate:yyyy-MM-dd} to {LastDate:yyyy-MM-dd}, but {last} intervals of " +
                    $"{interval} from {first:yyyy-MM-dd} do not."));
        }
    }

    /// <summary>Labels the axis of steps, or of dates as finely as they lie on it.</summary>
    private static void UseTicks(Plot plot, DateTime? start, double days)
    {
        if (start is null)
        {
            PlotStyle.UseWholeNumbers(plot.Axes.Bottom);
            return;
        }

        string format = days < TwoMinutes ? "HH:mm:ss" : days < 4 ? "d MMM HH:mm" : "d MMM yyyy";
        plot.Axes.Bottom.TickGenerator = new DateTimeAutomatic
        {
            LabelFormatter = date => date.ToString(format, CultureInfo.InvariantCulture),
        };
    }
}
