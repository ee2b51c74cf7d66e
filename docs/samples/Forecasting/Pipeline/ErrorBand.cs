namespace LstmSharp.Samples.Forecasting;

/// <summary>Between which errors, truth minus forecast in °C, the middle 80 % lay.</summary>
internal sealed record ErrorBand(float Lowest, float Highest)
{
    /// <summary>Measures a forecast.</summary>
    /// <param name="forecast">The forecast, of days that a band may be learnt from.</param>
    /// <param name="days">The weather.</param>
    /// <param name="firstDays">For each window the index of the first day that it forecasts.</param>
    /// <param name="ahead">Which day ahead, from 1.</param>
    public static ErrorBand Of(Forecast forecast, WeatherDay[] days, int[] firstDays, int ahead)
    {
        float[] errors =
            [.. firstDays.Select((day, n) => (float)(days[day + ahead - 1].Maximum - forecast.Celsius[n, ahead - 1])).Order()];
        return new ErrorBand(errors[errors.Length / 10], errors[^((errors.Length / 10) + 1)]);
    }
}
