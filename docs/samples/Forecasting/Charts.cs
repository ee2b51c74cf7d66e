using System.Globalization;
using LstmSharp;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Forecasting;

/// <summary>Draws what the sample found.</summary>
internal static class Charts
{
    private const int Width = 1200;
    private const int Height = 600;
    private const int DaysShown = 120;

    private static readonly Color Truth = Colors.Black;
    private static readonly Color Near = Color.FromHex("#0072B2");
    private static readonly Color Far = Color.FromHex("#D55E00");

    /// <summary>The first four months of the test part: the weather as it came, as forecast a day ahead and a week ahead.</summary>
    public static void SaveForecast(string path, WeatherDay[] days, int[] firstDays, Forecast forecast)
    {
        var plot = NewPlot("Seattle: maximum temperature, forecast for days that the network never saw", "Maximum temperature (°C)");
        plot.Axes.DateTimeTicksBottom().TickGenerator = new DateTimeAutomatic
        {
            LabelFormatter = date => date.ToString("d MMM", CultureInfo.InvariantCulture),
        };
        plot.XLabel($"Day of {days[firstDays[0]].Date.Year}");

        // Only days that every curve reaches: the first that a window forecasts 7 days ahead, and those after it.
        int shown = Math.Min(DaysShown, firstDays.Length - ForecastTask.DaysAhead + 1);
        int[] shownDays = [.. firstDays.Skip(ForecastTask.DaysAhead - 1).Take(shown)];
        AddLine("Truth", Truth, 2.5f, day => days[day].Maximum);
        AddLine("LSTM, 1 day ahead", Near, 2f, day => ForecastOf(day, 1));
        AddLine("LSTM, 7 days ahead", Far, 2f, day => ForecastOf(day, ForecastTask.DaysAhead));
        plot.ShowLegend(Alignment.UpperLeft);
        plot.SavePng(path, Width, Height);

        double ForecastOf(int day, int ahead) => forecast.Celsius[day - ahead + 1 - firstDays[0], ahead - 1];

        void AddLine(string name, Color color, float width, Func<int, double> celsius)
        {
            DateTime[] dates = [.. shownDays.Select(day => days[day].Date.ToDateTime(TimeOnly.MinValue))];
            Style(plot.Add.ScatterLine(dates, shownDays.Select(celsius).ToArray()), name, color, width);
        }
    }

    /// <summary>Training and validation loss by epoch, the best epoch marked.</summary>
    public static void SaveTraining(string path, TrainingResult training)
    {
        if (training.History.Count == 0)
        {
            return;
        }

        var plot = NewPlot("Training: Huber loss on scaled temperatures", "Loss");
        plot.XLabel("Epoch");
        double[] epochs = [.. training.History.Select(epoch => (double)epoch.Epoch)];
        double[] validation = [.. training.History.Select(epoch => (double)epoch.ValidationLoss!.Value)];
        Style(plot.Add.Scatter(epochs, training.History.Select(epoch => (double)epoch.TrainingLoss).ToArray()), "Training", Near, 2f);
        Style(plot.Add.Scatter(epochs, validation), "Validation", Far, 2f);

        Marker best = plot.Add.Marker(training.BestEpoch, validation[training.BestEpoch - 1], MarkerShape.OpenCircle, 18, Truth);
        best.MarkerLineWidth = 2.5f;
        best.LegendText = $"Best epoch: {training.BestEpoch}";
        plot.ShowLegend(Alignment.UpperRight);
        plot.SavePng(path, Width, Height);
    }

    private static Plot NewPlot(string title, string yLabel)
    {
        var plot = new Plot { ScaleFactor = 1.4 };
        plot.Title(title);
        plot.YLabel(yLabel);
        return plot;
    }

    private static void Style(Scatter line, string name, Color color, float width)
    {
        line.LegendText = name;
        line.Color = color;
        line.LineWidth = width;
    }
}
