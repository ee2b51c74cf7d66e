using System.Globalization;
using LstmSharp.Tests.Serialization;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training.Callbacks;

public sealed class CsvLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_CsvLog_HoldsTheHistoryToTheBit(bool validation)
    {
        string path = _folder.File("run.csv");
        File.WriteAllText(path, "an older log");

        TrainingResult result = LstmModel().Fit(Means(12), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(0.02f),
            Epochs = 3,
            Validation = validation ? Means(5, seed: 3) : null,
            Schedule = new ExponentialSchedule(0.7),
            Callbacks = [new CsvLog(path)],
        });

        string[] lines = File.ReadAllLines(path);
        lines[0].Should().Be("epoch,training_loss,validation_loss,learning_rate,mean_gradient_norm,maximum_gradient_norm,seconds");
        lines[1..].Select(line => Parse(line.Split(',')))
            .Should().Equal(result.History.Select(epoch => epoch with { Duration = TimeSpan.Zero }));
        lines[1..].Select(line => line.Split(',')[2].Length > 0).Should().AllBeEquivalentTo(validation);
    }

    [Fact]
    public void Fit_CsvLogOverASecretFile_KeepsItsPermissions()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // files there inherit their folder's permissions
        }

        string path = _folder.File("run.csv");
        File.WriteAllText(path, "an older log");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        LstmModel().Fit(Means(12), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(0.02f),
            Epochs = 1,
            Callbacks = [new CsvLog(path)],
        });

        File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.ReadAllLines(path).Should().HaveCount(2);
    }

    private static EpochSummary Parse(string[] fields)
    {
        float Number(int n) => float.Parse(fields[n], CultureInfo.InvariantCulture);
        return new EpochSummary(
            (int)Number(0),
            Number(1),
            fields[2].Length == 0 ? null : Number(2),
            Number(4),
            Number(5),
            Number(3),
            TimeSpan.Zero);
    }
}
