using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace LstmSharp.Plotting;

/// <summary>Where the steps of a series lie on a picture's lower axis: at their numbers, or at their dates.</summary>
internal abstract class ForecastAxis
{
    /// <summary>What the axis is called.</summary>
    public abstract string Label { get; }

    /// <summary>Steps at their numbers from 0, or at dates of equal distance.</summary>
    /// <param name="start">The date of step 0; null for numbers.</param>
    /// <param name="interval">The time between two steps, by default a day.</param>
    /// <param name="last">The last step that must have a place.</param>
    /// <exception cref="ArgumentOutOfRangeException">The interval is below 1 ms, or a date lies outside the years 100 to 9999.</exception>
    /// <exception cref="ArgumentException">There is an interval, but no start.</exception>
    public static ForecastAxis Of(DateTime? start, TimeSpan? interval, double last)
    {
        if (interval < TimeSpan.FromMilliseconds(1))
        {
            throw new ArgumentOutOfRangeException(nameof(interval), interval, "ForecastPlot: interval must be at least 1 ms.");
        }

        if (interval is not null && start is null)
        {
            throw new ArgumentException("ForecastPlot: an interval needs a start, but there is none.", nameof(interval));
        }

        return start is { } first ? new Intervals(first, interval ?? TimeSpan.FromDays(1), last) : new Numbers();
    }

    /// <summary>Steps at dates of their own.</summary>
    /// <param name="dates">The date of every step.</param>
    /// <param name="last">The last step that must have a place.</param>
    /// <exception cref="ArgumentException">The dates are too few, or one is not after the one before it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A date lies outside the years 100 to 9999.</exception>
    public static ForecastAxis Of(IEnumerable<DateTime> dates, double last) => new Calendar([.. dates], last);

    /// <summary>Where a step lies.</summary>
    public abstract double Position(double step);

    /// <summary>Labels the axis for steps from 0 to the last.</summary>
    public abstract void UseTicks(Plot plot, double last);

    private sealed class Numbers : ForecastAxis
    {
        public override string Label => "time step";

        public override double Position(double step) => step;

        public override void UseTicks(Plot plot, double last) => PlotStyle.UseWholeNumbers(plot.Axes.Bottom);
    }

    private abstract class Dates : ForecastAxis
    {
        /// <summary>The years that axes of dates can show.</summary>
        protected static readonly DateTime First = new(100, 1, 1), Last = new(9999, 12, 31);

        private const double TwoMinutes = 2.0 / (24 * 60);

        public override string Label => "date";

        /// <summary>Labels dates as finely as they lie.</summary>
        public override void UseTicks(Plot plot, double last)
        {
            double days = Position(last) - Position(0);
            string format = days < TwoMinutes ? "HH:mm:ss" : days < 4 ? "d MMM HH:mm" : "d MMM yyyy";
            plot.Axes.Bottom.TickGenerator = new DateTimeAutomatic
            {
                LabelFormatter = date => date.ToString(format, CultureInfo.InvariantCulture),
            };
        }
    }

    private sealed class Intervals : Dates
    {
        private readonly DateTime _start;
        private readonly TimeSpan _interval;

        public Intervals(DateTime start, TimeSpan interval, double last)
        {
            if (start < First || start.Ticks + (last * interval.Ticks) > Last.Ticks)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(start),
                    start,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"ForecastPlot: all dates must lie from {First:yyyy-MM-dd} to {Last:yyyy-MM-dd}, but {last} intervals of " +
                        $"{interval} from {start:yyyy-MM-dd} do not."));
            }

            (_start, _interval) = (start, interval);
        }

        public override double Position(double step) => _start.AddTicks((long)(step * _interval.Ticks)).ToOADate();
    }

    private sealed class Calendar : Dates
    {
        private readonly DateTime[] _dates;

        public Calendar(DateTime[] dates, double last)
        {
            _dates = dates;
            if (last >= dates.Length)
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"ForecastPlot: dates must hold {last + 1} dates, one for every step drawn, but holds {dates.Length}. " +
                        $"A forecast beyond the truth needs the dates that it is about."),
                    nameof(dates));
            }

            for (int n = 0; n < dates.Length; n++)
            {
                if (dates[n] < First || dates[n] > Last)
                {
                    throw new ArgumentOutOfRangeException(
                        nameof(dates),
                        dates[n],
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"ForecastPlot: all dates must lie from {First:yyyy-MM-dd} to {Last:yyyy-MM-dd}, but that of step {n} is " +
                            $"{dates[n]:yyyy-MM-dd}."));
                }

                if (n > 0 && dates[n] <= dates[n - 1])
                {
                    throw new ArgumentException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"ForecastPlot: dates must be in order of time, each after the one before it, but that of step {n} is " +
                            $"{dates[n]:yyyy-MM-dd HH:mm:ss} after {dates[n - 1]:yyyy-MM-dd HH:mm:ss}."),
                        nameof(dates));
                }
            }
        }

        public override double Position(double step) => _dates[(int)step].ToOADate();
    }
}
