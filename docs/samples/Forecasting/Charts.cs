using LstmSharp.Plotting;
using ScottPlot;

namespace LstmSharp.Samples.Forecasting;

/// <summary>Draws what the sample found.</summary>
internal static class Charts
{
    private const int DaysShown = 90;

    /// <summary>The first three months of the test part: the weather as it came, as forecast a day ahead and a week ahead.</summary>
    public static void SaveForecast(string path, WeatherDay[] days, int[] firstDays, Forecast forecast, ErrorBand weekAhead)
    {
        // Only days that every curve reaches: the first that a window forecasts 7 days ahead, and those after it.
        int shown = Math.Min(DaysShown, firstDays.Length - ForecastTask.DaysAhead + 1);
        int[] shownDays = [.. firstDays.Skip(ForecastTask.DaysAhead - 1).Take(shown)];
        float[] week = ForecastOf(ForecastTask.DaysAhead);
        Plot plot = ForecastPlot.Of(
            shownDays.Select(day => days[day].Maximum),
            [
                new ForecastCurve("1 day ahead", ForecastOf(1)),
                new ForecastCurve("7 days ahead", week)
                {
                    Lower = week.Select(celsius => celsius + weekAhead.Lowest),
                    Upper = week.Select(celsius => celsius + weekAhead.Highest),
                    BandName = "80 % band",
                },
            ],
            start: days[shownDays[0]].Date.ToDateTime(TimeOnly.MinValue));
        plot.Title("Seattle: LSTM forecasts for days that it never saw");
        plot.YLabel("maximum temperature (°C)");
        plot.SavePicture(path);

        float[] ForecastOf(int ahead) =>
            [.. shownDays.Select(day => (float)forecast.Celsius[day - ahead + 1 - firstDays[0], ahead - 1])];
    }

    /// <summary>Training and validation loss by epoch, the best epoch marked.</summary>
    public static void SaveTraining(string path, TrainingResult training)
    {
        if (training.History.Count == 0)
        {
            return;
        }

        Plot plot = LossPlot.Of(training);
        plot.Title("Training: Huber loss on scaled temperatures");
        plot.SavePicture(path);
    }
}
