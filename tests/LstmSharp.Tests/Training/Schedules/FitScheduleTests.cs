using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training.Schedules;

/// <summary>When a schedule takes its steps: two batches an epoch, three epochs.</summary>
public sealed class FitScheduleTests
{
    private const float Initial = 0.5f;

    [Fact]
    public void Fit_ScheduleByEpoch_ChangesTheRateAfterEveryEpoch()
    {
        ExponentialSchedule schedule = new(0.5);

        (float[] batches, TrainingResult result) = Train(schedule);

        batches.Should().Equal(0.5f, 0.5f, 0.25f, 0.25f, 0.125f, 0.125f);
        result.History.Select(epoch => epoch.LearningRate).Should().Equal(0.5f, 0.25f, 0.125f);
    }

    [Fact]
    public void Fit_ScheduleByBatch_ChangesTheRateAfterEveryBatch()
    {
        StepSchedule schedule = new(every: 3, factor: 0.1, ScheduleInterval.Batch);

        (float[] batches, TrainingResult result) = Train(schedule);

        batches.Should().Equal(0.5f, 0.5f, 0.5f, 0.05f, 0.05f, 0.05f);
        result.History.Select(epoch => epoch.LearningRate).Should().Equal(0.5f, 0.05f, 0.05f);
    }

    [Fact]
    public void Fit_CosineAndOneCycle_SpanAllBatchesOrEpochsOfTheRun()
    {
        CosineSchedule cosine = new(warmUpSteps: 2), byEpoch = new(interval: ScheduleInterval.Epoch);
        OneCycleSchedule oneCycle = new(maximumRate: 0.1f);

        Train(cosine).Batches.Should().Equal(Enumerable.Range(0, 6).Select(t => (float)cosine.RateAt(Initial, t, 6)));
        Train(oneCycle).Batches.Should().Equal(Enumerable.Range(0, 6).Select(t => (float)oneCycle.RateAt(t, 6)));
        Train(byEpoch).Batches.Should().Equal(Enumerable.Range(0, 6).Select(t => (float)byEpoch.RateAt(Initial, t / 2, 3)));
    }

    [Fact]
    public void Fit_Plateau_WatchesTheValidationLossOrElseTheTrainingLoss()
    {
        PlateauSchedule Create() => new(factor: 0.5, patience: 0, threshold: 0.99);

        Train(Create()).Batches.Should().Equal(0.5f, 0.5f, 0.5f, 0.5f, 0.25f, 0.25f);
        Train(Create(), validation: Means(3)).Batches.Should().Equal(0.5f, 0.5f, 0.5f, 0.5f, 0.25f, 0.25f);
        PlateauSchedule twice = Create();
        Train(twice);
        Train(twice).Batches.Should().Equal([0.5f, 0.5f, 0.5f, 0.5f, 0.25f, 0.25f], "every run begins anew");
    }

    [Fact]
    public void Fit_ScheduleThatChangesNothing_GivesTheBitsOfNone()
    {
        SequenceModel without = LstmModel(), with = LstmModel();
        Train(null, model: without);
        Train(new ExponentialSchedule(1), model: with);

        with.Weights().Should().Equal(without.Weights());
    }

    [Fact]
    public void Fit_Schedule_ChangesTheWeightsAsTheRateSetByHandDoes()
    {
        SequenceModel scheduled = LstmModel(), byHand = LstmModel();
        Sgd optimizer = new(Initial, momentum: 0.5f);
        Train(new ExponentialSchedule(0.5), model: scheduled, optimizer: new Sgd(Initial, momentum: 0.5f));
        foreach (float rate in new[] { 0.5f, 0.25f, 0.125f })
        {
            optimizer.LearningRate = rate;
            Train(null, model: byHand, optimizer: optimizer, epochs: 1);
        }

        scheduled.Weights().Should().Equal(byHand.Weights());
    }

    [Fact]
    public void Fit_ScheduleOfOnesOwn_IsAskedAndChecked()
    {
        Train(new OwnSchedule(0.25)).Batches.Should().Equal(0.5f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f);
        FluentActions.Invoking(() => Train(new OwnSchedule(double.NaN))).Should().Throw<InvalidOperationException>()
            .WithMessage("OwnSchedule: the learning rate must be finite and not negative, but is NaN after 1 steps.");
        FluentActions.Invoking(() => Train(new OwnSchedule(1e39))).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Fit_Ended_LeavesTheOptimizerItsRate()
    {
        Sgd optimizer = new(Initial);
        Train(new OneCycleSchedule(0.1f), optimizer: optimizer);
        optimizer.LearningRate.Should().Be(Initial);
    }

    private static (float[] Batches, TrainingResult Result) Train(
        LearningRateSchedule? schedule,
        SequenceDataset? validation = null,
        SequenceModel? model = null,
        Optimizer? optimizer = null,
        int epochs = 3)
    {
        RateRecorder recorder = new();
        TrainingResult result = (model ?? LstmModel()).Fit(Means(8), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = optimizer ?? new Sgd(Initial),
            Epochs = epochs,
            BatchSize = 5,
            Shuffle = false,
            Validation = validation,
            Schedule = schedule,
            Callbacks = [recorder],
        });
        return ([.. recorder.Rates], result);
    }

    private sealed class RateRecorder : TrainingCallback
    {
        public List<float> Rates { get; } = [];

        public override void OnBatchEnd(TrainingContext context) => Rates.Add(context.LearningRate);
    }

    private sealed class OwnSchedule(double later) : LearningRateSchedule(ScheduleInterval.Batch)
    {
        public override string ToString() => nameof(OwnSchedule);

        protected override double NextRate(TrainingContext context) => StepsDone(context) == 0 ? context.InitialLearningRate : later;
    }
}
