using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training.Callbacks;

public sealed class CallbackTests
{
    [Fact]
    public void Fit_Callbacks_AreToldInTheirOrder()
    {
        List<string> calls = [];

        Train(epochs: 2, callbacks: [new Teller("a", calls), new Teller("b", calls)], progress: new Recorder(p => calls.Add("progress")));

        calls.Should().Equal(
            "a restore ", "b restore ",
            "a begin 0:0", "b begin 0:0",
            "a batch 1:1", "b batch 1:1", "progress",
            "a batch 1:2", "b batch 1:2",
            "a epoch 1:2", "b epoch 1:2", "progress",
            "a batch 2:1", "b batch 2:1", "progress",
            "a batch 2:2", "b batch 2:2",
            "a epoch 2:2", "b epoch 2:2", "progress",
            "a end 2:2 Completed", "b end 2:2 Completed");
    }

    [Fact]
    public void Fit_CallbackTwiceInTheList_IsToldOnce()
    {
        List<string> calls = [];
        Teller teller = new("a", calls);

        Train(epochs: 1, callbacks: [teller, teller]);

        calls.Should().HaveCount(6).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void Fit_Context_TellsWhatTheResultTells()
    {
        List<(float Batch, float Mean, float Norm, long Done)> batches = [];
        List<EpochSummary> epochs = [];
        Probe probe = new()
        {
            Begin = context =>
            {
                (context.Epochs, context.Batches, context.TotalBatches, context.BatchesDone).Should().Be((3, 2, 6, 0));
                context.History.Should().BeEmpty();
                context.IsResumed.Should().BeFalse();
                context.StopReason.Should().BeNull();
                context.ValidationLoss.Should().BeNull();
            },
            Batch = context => batches.Add((context.BatchLoss, context.TrainingLoss, context.GradientNorm, context.BatchesDone)),
            Epoch = context => epochs.Add(context.History[^1]),
        };

        TrainingResult result = Train(epochs: 3, callbacks: [probe], validation: Means(3, seed: 4));

        epochs.Should().Equal(result.History);
        batches.Select(batch => batch.Done).Should().Equal(1, 2, 3, 4, 5, 6);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            var (first, second) = (batches[2 * epoch], batches[(2 * epoch) + 1]);
            first.Mean.Should().Be(first.Batch);
            second.Mean.Should().Be(result.History[epoch].TrainingLoss).And.Be((float)(((5.0 * first.Batch) + (3.0 * second.Batch)) / 8));
            Math.Max(first.Norm, second.Norm).Should().Be(result.History[epoch].MaximumGradientNorm);
        }
    }

    [Theory]
    [InlineData(3, 2)] // in the middle of epoch 2
    [InlineData(4, 2)] // at the end of its batches, before its validation
    public void Stop_AfterABatch_LeavesTheEpochUnfinishedAndBringsTheBestWeightsBack(int batches, int epoch)
    {
        float[] best = [];
        Probe probe = new()
        {
            Batch = context =>
            {
                if (context.BatchesDone == batches)
                {
                    context.Stop();
                }
            },
            Epoch = context => best = context.Model.Weights(),
            End = context => (context.Epoch, context.StopReason).Should().Be((epoch, StopReason.Requested)),
        };
        SequenceModel model = LstmModel();

        TrainingResult result = Train(epochs: 3, callbacks: [probe], validation: Means(3, seed: 4), model: model);

        result.StopReason.Should().Be(StopReason.Requested);
        result.History.Should().ContainSingle();
        model.Weights().Should().Equal(best);
    }

    [Fact]
    public void Stop_AfterAnEpoch_EndsTrainingThere()
    {
        Probe probe = new() { Epoch = context => context.Stop() };

        TrainingResult result = Train(epochs: 3, callbacks: [probe]);

        (result.StopReason, result.History.Count).Should().Be((StopReason.Requested, 1));
        Train(epochs: 1, callbacks: [probe]).StopReason.Should().Be(StopReason.Completed, "there was nothing left to stop");
    }

    [Fact]
    public void TimeBudget_Spent_EndsTrainingAfterTheBatch()
    {
        TrainingResult result = Train(epochs: 3, callbacks: [new TimeBudget(TimeSpan.FromTicks(1))]);

        (result.StopReason, result.History.Count).Should().Be((StopReason.TimeBudgetSpent, 0));
        Train(epochs: 3, callbacks: [new TimeBudget(TimeSpan.FromDays(1))]).StopReason.Should().Be(StopReason.Completed);
    }

    [Fact]
    public void LearningRate_SetByACallback_HoldsForTheBatchesThatFollowAndThenComesBack()
    {
        Sgd optimizer = new(0.5f);
        Probe probe = new() { Batch = context => context.LearningRate = 0 };
        SequenceModel model = LstmModel(), once = LstmModel();
        float[] afterOne = [];
        Train(epochs: 1, callbacks: [new Probe { Batch = context => afterOne = afterOne.Length == 0 ? once.Weights() : afterOne }], model: once);

        TrainingResult result = Train(epochs: 2, callbacks: [probe], optimizer: optimizer, model: model);

        model.Weights().Should().Equal(afterOne);
        result.History.Select(epoch => epoch.LearningRate).Should().Equal(0, 0);
        optimizer.LearningRate.Should().Be(0.5f);
    }

    [Fact]
    public void Fit_CallbackThrows_PassesTheExceptionOnAndBringsTheLearningRateBack()
    {
        Sgd optimizer = new(0.5f);
        Probe probe = new()
        {
            Begin = context => context.LearningRate = 1,
            Batch = _ => throw new NotSupportedException("No."),
            End = _ => throw new InvalidOperationException("This must not be called."),
        };

        FluentActions.Invoking(() => Train(epochs: 2, callbacks: [probe], optimizer: optimizer))
            .Should().Throw<NotSupportedException>().WithMessage("No.");

        optimizer.LearningRate.Should().Be(0.5f);
    }

    [Fact]
    public void EarlyStopping_AmongCallbacks_DoesWhatTheOptionDoes()
    {
        TrainingResult Fit(SequenceModel model, EarlyStopping? option, TrainingCallback[] callbacks) => model.Fit(
            Line(8, slope: 2),
            new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = new Sgd(0.02f),
                Epochs = 40,
                BatchSize = 3,
                Validation = Line(5, slope: 0.9f),
                EarlyStopping = option,
                Callbacks = callbacks,
            });
        SequenceModel asOption = LineModel(), asCallback = LineModel(), twice = LineModel();
        EarlyStopping both = new(patience: 3);

        TrainingResult expected = Fit(asOption, new EarlyStopping(patience: 3), []);
        expected.StopReason.Should().Be(StopReason.EarlyStopped);
        Fit(asCallback, null, [new EarlyStopping(patience: 3)]).ToString().Should().Be(expected.ToString());
        asCallback.Weights().Should().Equal(asOption.Weights());
        Fit(twice, both, [both]).ToString().Should().Be(expected.ToString(), "it counts each epoch once");

        FluentActions.Invoking(() => Train(epochs: 1, callbacks: [both]))
            .Should().Throw<ArgumentException>().WithMessage("Fit: EarlyStopping needs Validation*");
    }

    [Fact]
    public void Callbacks_NullInTheList_Throws()
    {
        FluentActions.Invoking(() => Train(1, [null!])).Should().Throw<ArgumentNullException>().WithParameterName("Callbacks");
        FluentActions.Invoking(() => Train(1, null!)).Should().Throw<ArgumentNullException>().WithParameterName("Callbacks");
    }

    [Fact]
    public void Fit_EveryCallback_AllocatesNothingPerBatch()
    {
        using Serialization.TemporaryFolder folder = new();
        long[] allocated = new long[3 * 6];
        int count = 0;
        Probe meter = new() { Batch = _ => allocated[count++] = GC.GetAllocatedBytesForCurrentThread() };

        LstmModel().Fit(
            Means(44),
            new TrainingOptions
            {
                Loss = Loss.Huber(0.5f),
                Optimizer = new AdamW(),
                Epochs = 3,
                BatchSize = 8,
                Validation = Means(11),
                EarlyStopping = new EarlyStopping(patience: 3),
                Schedule = new CosineSchedule(warmUpSteps: 4),
                Callbacks =
                [
                    new TimeBudget(TimeSpan.FromHours(1)),
                    new PeriodicCheckpoint(folder.File("run")) { EveryInterval = TimeSpan.FromHours(1), EveryBatches = 1000 },
                    new BestCheckpoint(folder.File("best")),
                    new CsvLog(folder.File("log")),
                    new ConsoleProgress(TextWriter.Null, () => 80),
                    meter,
                ],
            },
            new ConsoleProgress(TextWriter.Null));

        count.Should().Be(18);
        (allocated[10] - allocated[6]).Should().Be(0, "batches of a warm epoch need no new memory");
        (allocated[17] - allocated[12]).Should().Be(0, "batches of a warm epoch need no new memory");
    }

    private static TrainingResult Train(
        int epochs,
        TrainingCallback[] callbacks,
        IProgress<TrainingProgress>? progress = null,
        SequenceDataset? validation = null,
        Optimizer? optimizer = null,
        SequenceModel? model = null) => (model ?? LstmModel()).Fit(
            Means(8),
            new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = optimizer ?? new Sgd(0.5f),
                Epochs = epochs,
                BatchSize = 5,
                Validation = validation,
                Callbacks = callbacks,
            },
            progress);

    /// <summary>Writes down what it is told of.</summary>
    private sealed class Teller(string name, List<string> calls) : TrainingCallback
    {
        public override void OnTrainingBegin(TrainingContext context) => Tell("begin", context);

        public override void OnBatchEnd(TrainingContext context) => Tell("batch", context);

        public override void OnEpochEnd(TrainingContext context) => Tell("epoch", context);

        public override void OnTrainingEnd(TrainingContext context) => calls.Add($"{name} end {context.Epoch}:{context.Batch} {context.StopReason}");

        public override void RestoreState(string? state) => calls.Add($"{name} restore {state}");

        private void Tell(string what, TrainingContext context) => calls.Add($"{name} {what} {context.Epoch}:{context.Batch}");
    }

    /// <summary>Does what it is told to do.</summary>
    private sealed class Probe : TrainingCallback
    {
        public Action<TrainingContext> Begin { get; init; } = _ => { };

        public Action<TrainingContext> Batch { get; init; } = _ => { };

        public Action<TrainingContext> Epoch { get; init; } = _ => { };

        public Action<TrainingContext> End { get; init; } = _ => { };

        public override void OnTrainingBegin(TrainingContext context) => Begin(context);

        public override void OnBatchEnd(TrainingContext context) => Batch(context);

        public override void OnEpochEnd(TrainingContext context) => Epoch(context);

        public override void OnTrainingEnd(TrainingContext context) => End(context);
    }
}
