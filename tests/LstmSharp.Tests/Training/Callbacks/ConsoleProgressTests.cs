using System.Globalization;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training.Callbacks;

public sealed class ConsoleProgressTests : IDisposable
{
    private readonly StringWriter _writer = new(CultureInfo.InvariantCulture) { NewLine = "\n" };

    public void Dispose() => _writer.Dispose();

    [Fact]
    public void Report_Redirected_WritesALineForEveryEpochAndNothingElse()
    {
        ConsoleProgress progress = new(_writer);

        progress.Report(At(epoch: 1, batch: 1, seconds: 0));
        progress.Report(At(epoch: 1, batch: 2, seconds: 1));
        progress.Report(At(epoch: 1, batch: 3, seconds: 2, validation: 0.5f));
        progress.Report(At(epoch: 2, batch: 3, seconds: 3725));

        _writer.ToString().Should().Be(
            "epoch 1/20  0:00:02 done, at most 27:46:40 left  loss 0.0001235  validation 0.5\n" +
            "epoch 2/20  1:02:05 done, at most 27:46:40 left  loss 0.0001235\n");
    }

    [Fact]
    public void Report_OnATerminal_RewritesTheLineAtMostTenTimesASecond()
    {
        ConsoleProgress progress = new(_writer, () => 200);

        progress.Report(At(epoch: 1, batch: 1, seconds: 0));
        progress.Report(At(epoch: 1, batch: 2, seconds: 0.09));
        progress.Report(At(epoch: 12, batch: 2, seconds: 0.1));
        progress.Report(At(epoch: 12, batch: 3, seconds: 0.15));

        string[] writes = _writer.ToString().Split('\r');
        writes.Should().HaveCount(4);
        writes[0].Should().BeEmpty();
        writes[1].Should().Be("epoch 1/20  0:00:00 done, at most 27:46:40 left  batch 1/3  loss 0.0001235");
        writes[2].Should().Be("epoch 12/20  0:00:00 done, at most 27:46:40 left  batch 2/3  loss 0.0001235");
        writes[3].Should().Be("epoch 12/20  0:00:00 done, at most 27:46:40 left  loss 0.0001235".PadRight(writes[2].Length) + "\n");
        writes.Should().OnlyContain(write => !write.Contains('\u001b'));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Report_OnANarrowTerminal_CutsTheLineBeforeItsEnd(int width)
    {
        ConsoleProgress progress = new(_writer, () => width);

        progress.Report(At(epoch: 1, batch: 1, seconds: 0));

        _writer.ToString().Should().Be("\r" + "epoch 1/20  0:00:00 done"[..(width - 1)]);
    }

    [Fact]
    public void Report_EpochEndsOnANarrowTerminal_KeepsTheWholeLine()
    {
        ConsoleProgress progress = new(_writer, () => 20);

        progress.Report(At(epoch: 1, batch: 1, seconds: 0));
        progress.Report(At(epoch: 1, batch: 3, seconds: 2, validation: 4.321e-5f));

        _writer.ToString().Should().EndWith("\repoch 1/20  0:00:02 done, at most 27:46:40 left  loss 0.0001235  validation 4.321E-05\n");
    }

    [Fact]
    public void Report_InACultureWithCommas_WritesPoints()
    {
        using (new CommaCulture())
        {
            new ConsoleProgress(_writer).Report(At(epoch: 1, batch: 3, seconds: 0, validation: 0.25f));
        }

        _writer.ToString().Should().EndWith("loss 0.0001235  validation 0.25\n");
    }

    [Fact]
    public void Report_TimeLeftUnknown_WritesAQuestionMark()
    {
        new ConsoleProgress(_writer).Report(At(epoch: 1, batch: 3, seconds: 5) with { EstimatedRemaining = null });

        _writer.ToString().Should().Be("epoch 1/20  0:00:05 done, at most ? left  loss 0.0001235\n");
    }

    [Fact]
    public void Report_FromManyThreads_WritesWholeLines()
    {
        ConsoleProgress progress = new(TextWriter.Synchronized(_writer));

        Parallel.For(0, 400, n => progress.Report(At(epoch: n, batch: 3, seconds: n)));

        string[] lines = _writer.ToString().TrimEnd('\n').Split('\n');
        lines.Should().HaveCount(400);
        lines.Select(line => line[..line.IndexOf('/')]).Should().BeEquivalentTo(Enumerable.Range(0, 400).Select(n => $"epoch {n}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_CancelledInTheMiddleOfAnEpoch_EndsTheLineAndSaysSo(bool terminal)
    {
        using CancellationTokenSource source = new();
        ConsoleProgress progress = new(_writer, terminal ? () => 200 : null);

        LstmModel().Fit(
            Means(12),
            new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = new Adam(),
                Epochs = 3,
                BatchSize = 4,
                Callbacks = [new CancelAt(4, source)],
            },
            progress,
            source.Token);

        string[] lines = _writer.ToString().TrimEnd('\n').Split('\n');
        lines[^1].Should().Be("Cancelled in epoch 2/3, batch 1/3");
        lines.Count(line => line.Contains("epoch 1/3", StringComparison.Ordinal)).Should().Be(1);
        lines.Should().HaveCountLessThanOrEqualTo(terminal ? 3 : 2);
    }

    [Fact]
    public void Fit_AsProgressOrAsCallback_WritesTheSame()
    {
        static string Run(bool asProgress)
        {
            StringWriter writer = new(CultureInfo.InvariantCulture);
            ConsoleProgress console = new(writer);
            var options = new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = new Adam(),
                Epochs = 2,
                Callbacks = asProgress ? [] : [console],
            };
            LstmModel().Fit(Means(12), options, asProgress ? console : null);
            return writer.ToString();
        }

        Run(asProgress: true).Should().Be(Run(asProgress: false)).And.Contain("epoch 2/2");
    }

    private static TrainingProgress At(int epoch, int batch, double seconds, float? validation = null) =>
        new(epoch, 20, batch, 3, 0.00012347f, validation, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(100_000));

    private sealed class CancelAt(int batch, CancellationTokenSource source) : TrainingCallback
    {
        public override void OnBatchEnd(TrainingContext context)
        {
            if (context.BatchesDone == batch)
            {
                source.Cancel();
            }
        }
    }
}
