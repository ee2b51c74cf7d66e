namespace LstmSharp.Tests.Training.Checkpoints;

/// <summary>A run that was stopped and resumed is the run that was not, to the bit.</summary>
public sealed class ResumeTests
{
    public static TheoryData<string, string> Cases => new()
    {
        { "sgd", "step" },
        { "sgd", "exponential" },
        { "adam", "plateau" },
        { "adamw", "cosine" },
        { "rmsprop", "one-cycle" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fit_CancelledAtAnyEvaluationOfTheLoss_GoesOnToTheSameBits(string optimizer, string schedule)
    {
        using ResumeScene whole = new(optimizer, schedule), stopped = new(optimizer, schedule);
        ResumeScene.Outcome expected = whole.Run();
        int stops = (expected.History.Length * ResumeScene.EvaluationsPerEpoch) - 1;

        for (int stop = 1; stop <= stops; stop++)
        {
            stopped.Run(cancelAt: stop).Result.StopReason.Should().Be(StopReason.Cancelled);
            ResumeScene.Outcome resumed = stopped.Resume();

            resumed.ShouldEqual(expected, $"evaluation {stop} was the last before the stop");
            LogWithoutSeconds(stopped).Should().Equal(LogWithoutSeconds(whole));
        }

        stops.Should().BeGreaterThan(20);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fit_KilledAnywhere_GoesOnFromTheLastCheckpointToTheSameBits(string optimizer, string schedule)
    {
        using ResumeScene scene = new(optimizer, schedule);
        ResumeScene.Outcome expected = scene.Run();
        int saved = 0;
        scene.Callbacks = () => [new SaveAlways(() => scene.FileOf($"{++saved}"))];
        scene.Run().ShouldEqual(expected, "saving must change nothing");
        scene.Callbacks = () => [];

        for (int n = 1; n <= saved; n++)
        {
            scene.Run(resumeFrom: scene.FileOf($"{n}")).ShouldEqual(expected, $"checkpoint {n} is whole");
        }

        saved.Should().BeGreaterThan(20);
    }

    [Theory]
    [InlineData("adamw", "plateau", 2)]
    [InlineData("sgd", "cosine", 3)]
    public void Fit_StoppedAgainAndAgain_GoesOnToTheSameBits(string optimizer, string schedule, int evaluationsAtATime)
    {
        using ResumeScene whole = new(optimizer, schedule), stopped = new(optimizer, schedule);
        ResumeScene.Outcome expected = whole.Run();
        int runs = 1;

        ResumeScene.Outcome outcome = stopped.Run(cancelAt: evaluationsAtATime);
        while (outcome.Result.StopReason == StopReason.Cancelled && runs++ < 100)
        {
            outcome = stopped.Resume(cancelAt: evaluationsAtATime);
        }

        outcome.ShouldEqual(expected, "stops must not add up");
        runs.Should().BeInRange(8, 99);
    }

    [Fact]
    public void Fit_EarlyStoppedRunResumed_EndsAtOnceWithTheSame()
    {
        using ResumeScene scene = new("adamw", "cosine") { Epochs = 60, Patience = 1 };
        ResumeScene.Outcome expected = scene.Run();

        expected.Result.StopReason.Should().Be(StopReason.EarlyStopped, "the scene is made so");
        scene.Resume().ShouldEqual(expected, "nothing is left to do");
    }

    [Fact]
    public void Fit_CompletedRunResumed_EndsAtOnceWithTheSame()
    {
        using ResumeScene scene = new("sgd", "step");
        ResumeScene.Outcome expected = scene.Run();

        expected.Result.StopReason.Should().Be(StopReason.Completed, "the scene is made so");
        scene.Resume().ShouldEqual(expected, "nothing is left to do");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("step")]
    [InlineData("exponential")]
    [InlineData("plateau")]
    public void Fit_ResumedWithMoreEpochs_EqualsTheLongRun(string schedule)
    {
        using ResumeScene scene = new("adam", schedule) { Patience = null };
        ResumeScene.Outcome expected = scene.Run();
        scene.Epochs = 3;
        scene.Run().History.Should().HaveCount(3);
        scene.Epochs = 6;

        scene.Resume().ShouldEqual(expected, "the first three epochs do not know how many there are");
    }

    [Theory]
    [InlineData("step")]
    [InlineData("plateau")]
    public void Fit_RateChangedBesidesTheSchedule_GoesOnToTheSameBits(string schedule)
    {
        using ResumeScene scene = new("adam", schedule) { Callbacks = () => [new HalveTheRateInEveryBatch()] };
        ResumeScene.Outcome expected = scene.Run();

        for (int stop = 1; stop < 3 * ResumeScene.EvaluationsPerEpoch; stop++)
        {
            scene.Run(cancelAt: stop);
            scene.Resume().ShouldEqual(expected, $"evaluation {stop} was the last before the stop");
        }
    }

    [Fact]
    public void Fit_StoppedInTheLastBatchOfAnEpoch_DoesNotKnowTheTimeLeftUntilABatchHasRun()
    {
        using ResumeScene scene = new("adam", "none");
        scene.Run(cancelAt: 5);
        ProgressTeller teller = new();
        scene.Callbacks = () => [teller];

        scene.Resume();

        teller.Told[0].Should().Be("1.5: unknown");
        teller.Told.Skip(1).Should().OnlyContain(text => text.EndsWith("known", StringComparison.Ordinal) && !text.Contains("unknown"));
        teller.Told[^1].Should().EndWith(".5: known");
    }

    [Fact]
    public void Fit_WithoutValidationShuffleAndSchedule_GoesOnToTheSameBits()
    {
        using ResumeScene scene = new("rmsprop", "none") { Validation = null, Patience = null, Shuffle = false, ClipGradientNorm = null };
        ResumeScene.Outcome expected = scene.Run();

        foreach (int stop in new[] { 1, 4, 5, 6, 17 })
        {
            scene.Run(cancelAt: stop);
            scene.Resume().ShouldEqual(expected, $"stopped after batch {stop}");
        }
    }

    [Fact]
    public void Fit_CancelledBeforeItBegins_GoesOnFromNothing()
    {
        using ResumeScene scene = new("adam", "plateau");
        ResumeScene.Outcome expected = scene.Run();
        int begun = 0;
        scene.Callbacks = () => begun++ == 0 ? [new StopAtOnce(scene.Checkpoint)] : [];
        scene.Run().Result.StopReason.Should().Be(StopReason.Requested);

        scene.Resume().ShouldEqual(expected, "nothing was done before");
    }

    [Fact]
    public void Fit_OptimizerUsedBefore_KeepsItsStepsInTheCheckpoint()
    {
        using ResumeScene scene = new(() => Warm(new Adam(0.02f)), () => null) { Patience = null };
        ResumeScene.Outcome expected = scene.Run();
        scene.Run(cancelAt: 10);
        scene.Optimizer = () => new Adam(0.02f);

        scene.Resume().ShouldEqual(expected, "the checkpoint knows of the steps before");

        Optimizer Warm(Optimizer optimizer)
        {
            optimizer.ContinueAfter(7);
            return optimizer;
        }
    }

    [Fact]
    public void Fit_StoppedBeforeItDidAnything_LeavesTheEarlierCheckpoint()
    {
        using ResumeScene scene = new("adam", "plateau");
        ResumeScene.Outcome expected = scene.Run();
        scene.Callbacks = () => [new StopAtOnce(scene.FileOf("other"))];
        scene.Run().Result.StopReason.Should().Be(StopReason.Requested);
        scene.Callbacks = () => [];

        scene.Resume().ShouldEqual(expected, "the checkpoint is still that of the first run");
    }

    [Fact]
    public void Fit_StoppedBeforeItsValidation_TellsTheCallbacksTheSame()
    {
        using ResumeScene scene = new("sgd", "one-cycle");
        List<string> whole = [], stopped = [];
        scene.Callbacks = () => [new Teller(whole)];
        scene.Run();
        scene.Callbacks = () => [new Teller(stopped)];
        scene.Run(cancelAt: ResumeScene.EvaluationsPerEpoch + 5);
        scene.Resume();

        stopped.Should().Equal(whole);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void Fit_ClassTargets_GoesOnToTheSameBits(int batches)
    {
        using Serialization.TemporaryFolder folder = new();
        SequenceModel Train(TrainingCallback[] callbacks, string? resumeFrom = null)
        {
            SequenceModel model = SequenceModel.Create(1).Lstm(3).Dense(2).Build(4);
            model.Fit(TrainingScene.Signs(10, length: 4), new TrainingOptions
            {
                Loss = Loss.SmoothedCrossEntropy(0.1f),
                Optimizer = new Adam(0.01f),
                Epochs = 2,
                BatchSize = 4,
                Callbacks = callbacks,
                ResumeFrom = resumeFrom,
            });
            return model;
        }

        float[] expected = Train([]).Weights();
        Train([new StopAfter(batches, folder.File("run"))]).Weights().Should().NotEqual(expected);

        Train([], folder.File("run")).Weights().Should().Equal(expected);
    }

    private static string[] LogWithoutSeconds(ResumeScene scene) =>
        [.. File.ReadAllLines(scene.Log).Select(line => line[..line.LastIndexOf(',')])];

    private sealed class StopAfter(int batches, string checkpoint) : TrainingCallback
    {
        public override void OnBatchEnd(TrainingContext context)
        {
            if (context.BatchesDone == batches)
            {
                context.SaveCheckpoint(checkpoint);
                context.Stop();
            }
        }
    }

    private sealed class Teller(List<string> told) : TrainingCallback
    {
        public override void OnBatchEnd(TrainingContext context) => Tell(context);

        public override void OnEpochEnd(TrainingContext context) => Tell(context);

        private void Tell(TrainingContext context) => told.Add(
            $"{context.Epoch} {context.Batch} {context.BatchLoss:R} {context.GradientNorm:R} {context.TrainingLoss:R} " +
            $"{context.ValidationLoss:R} {context.LearningRate:R} {context.History.Count}");
    }

    private sealed class HalveTheRateInEveryBatch : TrainingCallback
    {
        public override void OnBatchEnd(TrainingContext context) => context.LearningRate /= 2;
    }

    private sealed class ProgressTeller : TrainingCallback
    {
        public List<string> Told { get; } = [];

        public override void OnBatchEnd(TrainingContext context) => Tell(context.Progress);

        public override void OnEpochEnd(TrainingContext context) => Tell(context.Progress);

        private void Tell(TrainingProgress progress) =>
            Told.Add($"{progress.Epoch}.{progress.Batch}: {(progress.EstimatedRemaining is null ? "unknown" : "known")}");
    }

    private sealed class SaveAlways(Func<string> nextPath) : TrainingCallback
    {
        public override void OnTrainingBegin(TrainingContext context) => context.SaveCheckpoint(nextPath());

        public override void OnBatchEnd(TrainingContext context) => context.SaveCheckpoint(nextPath());

        public override void OnEpochEnd(TrainingContext context) => context.SaveCheckpoint(nextPath());
    }

    private sealed class StopAtOnce(string checkpoint) : TrainingCallback
    {
        public override void OnTrainingBegin(TrainingContext context)
        {
            context.SaveCheckpoint(checkpoint);
            context.Stop();
        }
    }
}
