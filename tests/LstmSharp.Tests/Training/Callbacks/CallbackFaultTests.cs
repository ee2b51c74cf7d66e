using LstmSharp.Tests.Serialization;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training.Callbacks;

/// <summary>What goes wrong beside the training costs no training.</summary>
public sealed class CallbackFaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private FileStream? _held;

    public void Dispose()
    {
        _held?.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0, 2)] // held when the run begins
    [InlineData(2, 3)]
    [InlineData(2, 4)]
    [InlineData(3, 6)] // free again when the last epoch is done
    public void CsvLog_FileHeldByAnotherProgram_IsWrittenLater(int heldAfter, int freeAfter)
    {
        string path = _folder.File("run.csv");
        File.WriteAllText(path, "an older log");
        Hold(path, when: heldAfter == 0);

        TrainingResult result = Train(
            [new AtEpochs(epoch => Hold(path, when: epoch == heldAfter)), new CsvLog(path), new AtEpochs(epoch => Free(when: epoch == freeAfter))]);

        result.StopReason.Should().Be(StopReason.Completed);
        TrainingFault fault = result.Faults.Should().ContainSingle().Which;
        (fault.Source, fault.Epoch, fault.Times, fault.IsMadeUpFor).Should().Be(
            ($"CsvLog({path})", heldAfter, freeAfter - heldAfter + 1, true));
        fault.Exception.Should().BeAssignableTo<IOException>();
        string[] lines = File.ReadAllLines(path);
        lines.Should().HaveCount(7);
        lines.Skip(1).Select(line => line.Split(',')[0]).Should().Equal("1", "2", "3", "4", "5", "6");
    }

    [Fact]
    public void Fit_CallbackOfTheUsersCannotWrite_GoesOn()
    {
        SequenceModel model = LstmModel(), expected = LstmModel();
        Train([], expected);

        List<int> told = [];
        Recorder recorder = new(report => told.Add(report.Faults.Count));

        TrainingResult result = Train([new Throws("a", new UnauthorizedAccessException("No.")), new Throws("b", new IOException("Full."))], model, recorder);

        result.StopReason.Should().Be(StopReason.Completed);
        result.Faults.Select(fault => fault.ToString()).Should().Equal(
            "a: No. (epoch 1, batch 1, 19 times)", "b: Full. (epoch 1, batch 1, 19 times)");
        result.ToString().Should().Be($"TrainingResult(Completed after 6 epochs, best epoch {result.BestEpoch}; {result.Faults[0]}; {result.Faults[1]})");
        told.Should().OnlyContain(count => count == 2, "the progress is told after the callbacks");
        model.Weights().Should().Equal(expected.Weights());
    }

    [Fact]
    public void ConsoleProgress_FaultsOfOthers_TellsOfEachOnce()
    {
        using StringWriter writer = new() { NewLine = "\n" };

        Train([new Throws("a", new IOException("Full."))], progress: new ConsoleProgress(writer));

        string[] lines = writer.ToString().Split('\n');
        lines.Should().HaveCount(8, "there are six epochs, a fault and the end");
        lines[1].Should().Be("Training goes on after a fault: a: Full. (epoch 1, batch 1, 3 times)");
    }

    [Fact]
    public void Fit_CallbackCannotBegin_Throws()
    {
        FluentActions.Invoking(() => Train([new CsvLog(_folder.File("none/run.csv"))]))
            .Should().Throw<DirectoryNotFoundException>().WithMessage("Fit: the folder of *run.csv must exist, but does not.");
        FluentActions.Invoking(() => Train([new CsvLog(Path.GetDirectoryName(_folder.File("a"))!)]))
            .Should().Throw<UnauthorizedAccessException>("a folder is no file");
    }

    [Theory]
    [InlineData("batch")]
    [InlineData("epoch")]
    [InlineData("loss")]
    [InlineData("cancelled")]
    [InlineData("progress")]
    [InlineData("not finite")]
    public void Fit_EndedEarlyByWhatever_BringsTheBestWeightsBack(string cause)
    {
        SequenceModel model = LineModel();
        float[] best = [], last = [];
        using CancellationTokenSource source = new();
        SequenceDataset training = Line(8, slope: 2);

        // slope 2 leads ever farther from the validation's 0.2 once it is passed
        void At(TrainingContext context, string place)
        {
            last = context.Model.Weights();
            if (place == "epoch" && context.History.MinBy(epoch => epoch.ValidationLoss)!.Epoch == context.Epoch)
            {
                best = last;
            }

            if (context.Epoch == 20 && place == (cause == "epoch" ? "epoch" : "batch"))
            {
                switch (cause)
                {
                    case "batch" or "epoch":
                        throw new NotSupportedException();
                    case "cancelled":
                        source.Cancel();
                        break;
                    case "not finite":
                        training.Inputs.AsTensorSpan().Fill(float.NaN);
                        break;
                }
            }
        }

        Exception? thrown = null;
        try
        {
            model.Fit(
                training,
                new TrainingOptions
                {
                    Loss = new ThrowingLoss(() => cause == "loss" && best.Length > 0 && !last.AsSpan().SequenceEqual(best)),
                    Optimizer = new Sgd(0.05f),
                    Epochs = 40,
                    BatchSize = 3,
                    Validation = Line(5, slope: 0.2f),
                    EarlyStopping = new EarlyStopping(patience: 39),
                    Callbacks = [new Probe(At)],
                },
                new Recorder(report => _ = cause == "progress" && report.Epoch == 20 ? throw new NotSupportedException() : 0),
                source.Token);
        }
        catch (Exception exception) when (exception is NotSupportedException or NonFiniteTrainingException)
        {
            thrown = exception;
        }

        (thrown is null).Should().Be(cause == "cancelled");
        last.Should().NotEqual(best, "the scene is made so");
        model.Weights().Should().Equal(best);
        if (thrown is NonFiniteTrainingException)
        {
            thrown.Message.Should().Contain("The model has the weights of the best epoch.");
        }
    }

    private void Hold(string path, bool when) =>
        _held = when ? new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None) : _held;

    private void Free(bool when)
    {
        if (when)
        {
            _held!.Dispose();
        }
    }

    private static TrainingResult Train(
        TrainingCallback[] callbacks, SequenceModel? model = null, IProgress<TrainingProgress>? progress = null) =>
        (model ?? LstmModel()).Fit(
            Means(8),
            new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = new Sgd(0.5f),
                Epochs = 6,
                BatchSize = 5,
                Callbacks = callbacks,
            },
            progress);

    private sealed class AtEpochs(Action<int> action) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext context) => action(context.Epoch);
    }

    private sealed class Throws(string name, Exception exception) : TrainingCallback
    {
        public override void OnBatchEnd(TrainingContext context) => throw exception;

        public override void OnEpochEnd(TrainingContext context) => throw exception;

        public override void OnTrainingEnd(TrainingContext context) => throw exception;

        public override string ToString() => name;
    }

    private sealed class Probe(Action<TrainingContext, string> at) : TrainingCallback
    {
        public override void OnBatchEnd(TrainingContext context) => at(context, "batch");

        public override void OnEpochEnd(TrainingContext context) => at(context, "epoch");
    }

    /// <summary>The mean squared error, until it throws.</summary>
    private sealed class ThrowingLoss(Func<bool> throws) : Loss<float>
    {
        protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) =>
            target.Length.Should().Be(prediction.Length);

        protected override double ComputeSum(
            ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, double divisor) =>
            throws() ? throw new NotSupportedException() : MeanSquaredError.Sum(prediction, target, gradient, divisor);
    }
}
