using LstmSharp.Samples.Forecasting;

namespace LstmSharp.Tests.Samples;

/// <summary>The main job, from the file to the errors, on the real data.</summary>
public sealed class ForecastingTests : IDisposable
{
    private static readonly WeatherDay[] Days =
        WeatherFile.Read(Path.Combine(AppContext.BaseDirectory, "data", "seattle-weather.csv"));

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Baselines_OnTheTestPart_ScoreAsTheyWereSeenTo()
    {
        var task = new ForecastTask(Days);

        double[] errors = [.. BaselinesOf(task).Select(forecast => MeanError(task, forecast))];

        errors.Should().HaveCount(3);
        errors[0].Should().BeApproximately(3.60, 0.005, "persistence");
        errors[1].Should().BeApproximately(3.10, 0.005, "climatology");
        errors[2].Should().BeApproximately(2.89, 0.005, "damped anomaly");
    }

    [Fact]
    public void Forecast_TrainedFromAFixedSeed_BeatsPersistenceAndClimatology()
    {
        var task = new ForecastTask(Days);
        SequenceModel model = ForecastTask.BuildModel(hiddenSize: 32, seed: 42);
        double untrained = MeanError(task, task.ForecastTest(model));

        model.Fit(task.Training, task.OptionsFor(epochs: 40, seed: 42));

        double error = MeanError(task, task.ForecastTest(model));
        double[] baselines = [.. BaselinesOf(task).Select(forecast => MeanError(task, forecast))];
        error.Should().BeLessThan(untrained);
        error.Should().BeLessThan(0.9 * baselines[0], "persistence is easy to beat");
        error.Should().BeLessThan(0.97 * baselines[1], "climatology too");
    }

    [Fact]
    public void ForecastTask_TargetsAndToday_GiveTheTruthBack()
    {
        var task = new ForecastTask(Days);
        int scaledToday = ForecastTask.DaysBack - 1;
        StandardScaler scaler = ScalerOfMaximum(task);

        for (int n = 0; n < task.Test.Count; n++)
        {
            for (int ahead = 0; ahead < ForecastTask.DaysAhead; ahead++)
            {
                double scaled = task.Test.Targets[0, n, ahead] + task.Test.Inputs[scaledToday, n, 1];
                double celsius = (scaled * scaler.Scales[0]) + scaler.Means[0];
                celsius.Should().BeApproximately(Days[task.TestDays[n] + ahead].Maximum, 1e-4);
            }
        }
    }

    [Theory]
    [InlineData("date,rain\n", "line 1 must be the header")]
    [InlineData("2012-01-01,1,2,3\n", "line 2 must have 6 fields, but has 4")]
    [InlineData("1.1.2012,1,2,3,4,sun\n", "line 2 must begin with a date")]
    [InlineData("2012-01-01,1,2,x,4,sun\n", "line 2 must have a number as field 4, but has 'x'")]
    [InlineData("2012-01-01,1,NaN,3,4,sun\n", "line 2 must have a number as field 3, but has 'NaN'")]
    [InlineData("2012-01-01,1,2,3,4,sun\n2012-01-03,1,2,3,4,sun\n", "line 3 must be 2012-01-02")]
    public void WeatherFile_FaultyLine_IsNamed(string text, string problem)
    {
        string header = text.StartsWith("date", StringComparison.Ordinal) ? "" : "date,precipitation,temp_max,temp_min,wind,weather\n";
        File.WriteAllText(_path, header + text);

        FluentActions.Invoking(() => WeatherFile.Read(_path)).Should().Throw<InvalidDataException>().WithMessage($"*{problem}*");
    }

    [Fact]
    public void ForecastOptions_EveryOption_IsRead()
    {
        ForecastOptions.Parse(["--epochs", "3", "--hidden", "8", "--seed", "7", "--output", "here"])
            .Should().Be(new ForecastOptions { Epochs = 3, Hidden = 8, Seed = 7, Output = "here" });
        ForecastOptions.Parse(["--help"]).ShowHelp.Should().BeTrue();
    }

    [Theory]
    [InlineData("Unknown option 'epochs'", "epochs", "3")]
    [InlineData("--seed needs a value", "--seed")]
    [InlineData("--epochs must be a whole number from 1 to", "--epochs", "0")]
    [InlineData("--hidden must be a whole number from 1 to 4096, but is '1e3'", "--hidden", "1e3")]
    public void ForecastOptions_Fault_IsNamed(string problem, params string[] arguments) =>
        FluentActions.Invoking(() => ForecastOptions.Parse(arguments)).Should().Throw<ArgumentException>().WithMessage($"*{problem}*");

    private static Forecast[] BaselinesOf(ForecastTask task) =>
        Baselines.All(Days, ..task.Split.Validation.End, task.TestDays, ForecastTask.DaysAhead);

    private static double MeanError(ForecastTask task, Forecast forecast) => forecast.ErrorsByDayAhead(Days, task.TestDays).Average();

    /// <summary>Measured here once more, from the training days' maxima alone.</summary>
    private static StandardScaler ScalerOfMaximum(ForecastTask task)
    {
        double[] maxima = [.. Days[task.Split.Train].Select(day => (double)day.Maximum)];
        double mean = maxima.Average();
        double deviation = Math.Sqrt(maxima.Average(value => (value - mean) * (value - mean)));
        return new StandardScaler([mean], [deviation]);
    }
}
