namespace Forecasting;

/// <summary>What is usual for the time of year: the mean maximum of past days near that day of the year.</summary>
internal sealed class Climatology
{
    private const int DaysOfYear = 366;
    private readonly double[] _means = new double[DaysOfYear + 1];

    /// <param name="past">The days to learn from; at least one near every day of the year.</param>
    /// <param name="halfWidth">How many days of the year apart still counts as near; the year's end wraps around.</param>
    public Climatology(ReadOnlySpan<WeatherDay> past, int halfWidth)
    {
        for (int dayOfYear = 1; dayOfYear <= DaysOfYear; dayOfYear++)
        {
            _means[dayOfYear] = MeanAround(dayOfYear, past, halfWidth);
        }
    }

    /// <summary>The usual maximum of a date, in °C.</summary>
    public double this[DateOnly date] => _means[date.DayOfYear];

    private static double MeanAround(int dayOfYear, ReadOnlySpan<WeatherDay> past, int halfWidth)
    {
        double sum = 0;
        int count = 0;
        foreach (WeatherDay day in past)
        {
            int distance = Math.Abs(day.Date.DayOfYear - dayOfYear);
            if (Math.Min(distance, DaysOfYear - distance) <= halfWidth)
            {
                sum += day.Maximum;
                count++;
            }
        }

        return count > 0
            ? sum / count
            : throw new ArgumentException($"Climatology: past must hold days near day {dayOfYear} of the year, but holds none.", nameof(past));
    }
}
