using System.Globalization;
using LstmSharp.Plotting;
using Spectre.Console;

namespace LstmSharp.Samples.Forecasting;

/// <summary>What the sample says on the console.</summary>
internal static class Report
{
    public static void WriteTask(WeatherDay[] days, ForecastTask task, SequenceModel model)
    {
        Console.WriteLine(
            $"Seattle's weather, {days.Length} days: from {ForecastTask.DaysBack} days, "
            + $"the maximum temperature of the next {ForecastTask.DaysAhead}.");
        WritePart("Training", task.Split.Train, task.Training);
        WritePart("Validation", task.Split.Validation, task.Validation);
        WritePart("Test", task.Split.Test, task.Test);
        Console.WriteLine();
        Console.WriteLine(model.Summary());

        void WritePart(string name, Range rows, SequenceDataset windows) =>
            Console.WriteLine($"{name,-10}  {days[rows.Start].Date:yyyy-MM-dd} to {days[rows.End.Value - 1].Date:yyyy-MM-dd}  "
                + $"{windows.Count,4} windows");
    }

    public static void WriteTraining(TrainingResult training)
    {
        double seconds = training.History.Sum(epoch => epoch.Duration.TotalSeconds);
        Console.WriteLine(Invariant(
            $"Trained for {training.History.Count} epochs in {seconds:F1} s ({training.StopReason}); best epoch {training.BestEpoch}."));
        Console.WriteLine();
    }

    /// <summary>Compares all forecasts with the weather as it came.</summary>
    public static void WriteErrors(WeatherDay[] days, int[] firstDays, Forecast lstm, Forecast[] baselines)
    {
        Forecast[] forecasts = [lstm, .. baselines];
        double[][] errors = [.. forecasts.Select(forecast => forecast.ErrorsByDayAhead(days, firstDays))];
        WriteTable(forecasts, errors);

        double[] means = [.. errors.Select(byDay => byDay.Average())];
        string scores = string.Join(", ", forecasts.Zip(means, (forecast, mean) => Invariant($"{forecast.Name} {mean:F2}")));
        Console.WriteLine($"Test MAE: {scores}");
        Console.WriteLine(Verdict(baselines, means));
    }

    public static void WriteFiles(string folder, string modelPath, bool sameForecast)
    {
        Console.WriteLine();
        Console.WriteLine(
            $"Saved {modelPath} and loaded it again: the forecast {(sameForecast ? "is the same to the bit" : "DIFFERS")}.");
        Console.WriteLine($"Charts: {Path.Combine(folder, "forecast.png")}, {Path.Combine(folder, "training.png")}");
        if (PlotFont.Warning is string warning)
        {
            Console.WriteLine(warning);
        }
    }

    private static void WriteTable(Forecast[] forecasts, double[][] errors)
    {
        var table = new Table().Title("Mean absolute error on the test part, °C, by days ahead").AddColumn("Forecast");
        string[] columns = [.. Enumerable.Range(1, ForecastTask.DaysAhead).Select(Number), "Mean"];
        table.AddColumns([.. columns.Select(name => new TableColumn(name).RightAligned())]);
        foreach ((Forecast forecast, double[] byDay) in forecasts.Zip(errors))
        {
            table.AddRow([forecast.Name, .. byDay.Append(byDay.Average()).Select(error => Invariant($"{error:F2}"))]);
        }

        AnsiConsole.Write(table);

        static string Number(int day) => Invariant($"{day}");
    }

    private static string Verdict(Forecast[] baselines, double[] means)
    {
        double lstm = means[0];
        var comparisons = baselines.Zip(means.Skip(1)).Select(pair => (pair.First.Name, Gain: 1 - (lstm / pair.Second))).ToList();
        string beaten = Join(comparisons.Where(comparison => comparison.Gain > 0)
            .Select(comparison => Invariant($"{comparison.Name} by {100 * comparison.Gain:F1} %")));
        string unbeaten = Join(comparisons.Where(comparison => comparison.Gain <= 0)
            .Select(comparison => Invariant($"{comparison.Name} (worse by {-100 * comparison.Gain:F1} %)")));
        return unbeaten.Length == 0 ? $"The LSTM beats {beaten}."
            : beaten.Length == 0 ? $"The LSTM does not beat {unbeaten}."
            : $"The LSTM beats {beaten}, but not {unbeaten}.";

        static string Join(IEnumerable<string> names) => string.Join(" and ", names);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
