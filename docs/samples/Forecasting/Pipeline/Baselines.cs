namespace LstmSharp.Samples.Forecasting;

/// <summary>Forecasts that need no network; one that cannot beat them has learnt nothing.</summary>
internal static class Baselines
{
    private const double AnomalyKeptPerDay = 0.75;

    /// <summary>All of them.</summary>
    /// <param name="days">The weather.</param>
    /// <param name="known">The rows that climatology may learn from: those before the first forecast.</param>
    /// <param name="firstDays">For each window the index of the first day to forecast.</param>
    /// <param name="daysAhead">How many days to forecast.</param>
    public static Forecast[] All(WeatherDay[] days, Range known, int[] firstDays, int daysAhead)
    {
        var climatology = new Climatology(days.AsSpan()[known]);
        return
        [
            Persistence(days, firstDays, daysAhead),
            Usual(climatology, days, firstDays, daysAhead),
            DampedAnomaly(climatology, days, firstDays, daysAhead),
        ];
    }

    /// <summary>Every day will be like today, the last day before the forecast.</summary>
    private static Forecast Persistence(WeatherDay[] days, int[] firstDays, int daysAhead) =>
        Make("persistence", firstDays, daysAhead, (today, _) => days[today].Maximum);

    /// <summary>Every day will be usual for its time of year.</summary>
    private static Forecast Usual(Climatology climatology, WeatherDay[] days, int[] firstDays, int daysAhead) =>
        Make("climatology", firstDays, daysAhead, (today, ahead) => climatology[days[today].Date.AddDays(ahead)]);

    /// <summary>What is unusual about today fades by a quarter every day.</summary>
    private static Forecast DampedAnomaly(Climatology climatology, WeatherDay[] days, int[] firstDays, int daysAhead) =>
        Make("damped anomaly", firstDays, daysAhead, (today, ahead) =>
        {
            DateOnly date = days[today].Date;
            double anomaly = days[today].Maximum - climatology[date];
            return climatology[date.AddDays(ahead)] + (Math.Pow(AnomalyKeptPerDay, ahead) * anomaly);
        });

    private static Forecast Make(string name, int[] firstDays, int daysAhead, Func<int, int, double> forecast)
    {
        var celsius = new double[firstDays.Length, daysAhead];
        for (int n = 0; n < firstDays.Length; n++)
        {
            for (int ahead = 1; ahead <= daysAhead; ahead++)
            {
                celsius[n, ahead - 1] = forecast(firstDays[n] - 1, ahead);
            }
        }

        return new Forecast(name, celsius);
    }
}
