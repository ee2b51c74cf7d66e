namespace LstmSharp.Samples.Forecasting;

/// <summary>What one method said about the maximum temperature of the days ahead.</summary>
/// <param name="Name">The method.</param>
/// <param name="Celsius">The forecasts in °C, [window, day ahead − 1].</param>
internal sealed record Forecast(string Name, double[,] Celsius)
{
    /// <summary>Compares with the weather as it came.</summary>
    /// <param name="days">The weather.</param>
    /// <param name="firstDays">For each window the index of the first day that it forecasts.</param>
    /// <returns>The mean absolute error in °C for each day ahead.</returns>
    public double[] ErrorsByDayAhead(WeatherDay[] days, int[] firstDays)
    {
        var errors = new double[Celsius.GetLength(1)];
        for (int ahead = 0; ahead < errors.Length; ahead++)
        {
            for (int n = 0; n < firstDays.Length; n++)
            {
                errors[ahead] += Math.Abs(Celsius[n, ahead] - days[firstDays[n] + ahead].Maximum);
            }

            errors[ahead] /= firstDays.Length;
        }

        return errors;
    }
}
