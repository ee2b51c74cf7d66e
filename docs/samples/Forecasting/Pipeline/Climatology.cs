namespace LstmSharp.Samples.Forecasting;

/// <summary>What is usual for the time of year: the mean maximum of past days at most a week from that day of the year.</summary>
internal sealed class Climatology
{
    private const int DaysOfYear = 366;
    private const int HalfWidth = 7;
    private readonly double[] _means = new double[DaysOfYear + 1];

    /// <param name="past">The days to learn from; at least one near every day of the year.</param>
    public Climatology(ReadOnlySpan<WeatherDay> past)
    {
        for (int dayOfYear = 1; dayOfYear <= DaysOfYear; dayOfYear++)
        {
            _means[dayOfYear] = MeanAround(dayOfYear, past);
        }
    }

    /// <summary>The usual maximum of a date, in °C.</summary>
    public double this[DateOnly date] => _means[date.DayOfYear];

    private static double MeanAround(int dayOfYear, ReadOnlySpan<WeatherDay> past)
    {
        double sum = 0;
        int count = 0;
        foreach (WeatherDay day in past)
        {
            int distance = Math.Abs(day.Date.DayOfYear - dayOfYear);
            if (Math.Min(distance, DaysOfYear - distance) <= HalfWidth)
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
