using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training;

/// <summary>The weight of y = w·x runs from 0 towards the training data's slope 2 and passes the validation data's 0.9 on its way.</summary>
public sealed class FitStoppingTests
{
    [Fact]
    public void Fit_EarlyStopping_StopsAfterPatienceAndRestoresTheBestEpoch()
    {
        SequenceModel model = LineModel();

        TrainingResult result = model.Fit(Line(8, slope: 2), Options(40, new EarlyStopping(patience: 3)));

        result.StopReason.Should().Be(StopReason.EarlyStopped);
        result.BestEpoch.Should().BeInRange(2, 30);
        result.History.Should().HaveCount(result.BestEpoch + 3);
        result.History[result.BestEpoch - 1].ValidationLoss.Should().Be(result.History.Min(epoch => epoch.ValidationLoss));
        model.Weights().Should().Equal(TrainedFor(result.BestEpoch)).And.NotEqual(TrainedFor(result.History.Count));
    }

    [Fact]
    public void Fit_EarlyStoppingWithMoreEpochsThanPatienceNeeds_CompletesAndRestoresTheBestEpoch()
    {
        SequenceModel model = LineModel();

        TrainingResult result = model.Fit(Line(8, slope: 2), Options(40, new EarlyStopping(patience: 1000)));

        result.StopReason.Should().Be(StopReason.Completed);
        result.History.Should().HaveCount(40);
        model.Weights().Should().Equal(TrainedFor(result.BestEpoch));
    }

    [Fact]
    public void Fit_MinimumImprovementNeverReached_StopsAfterPatienceButRestoresTheLowestLoss()
    {
        SequenceModel model = LineModel();

        TrainingResult result = model.Fit(Line(8, slope: 2), Options(40, new EarlyStopping(patience: 2, minimumImprovement: 100)));

        result.StopReason.Should().Be(StopReason.EarlyStopped);
        result.History.Should().HaveCount(3);
        result.BestEpoch.Should().Be(3);
        model.Weights().Should().Equal(TrainedFor(3));
    }

    [Fact]
    public void Fit_ValidationAlone_OnlyRecords()
    {
        SequenceModel model = LineModel();

        TrainingResult result = model.Fit(Line(8, slope: 2), Options(40));

        result.StopReason.Should().Be(StopReason.Completed);
        result.BestEpoch.Should().BeLessThan(40);
        model.Weights().Should().Equal(TrainedFor(40));
    }

    [Fact]
    public void Fit_CancelledMidEpochWithoutValidation_KeepsTheWeightsAfterTheLastBatch()
    {
        SequenceModel model = LineModel();
        using CancellationTokenSource source = new();
        float[] weights = [];
        Recorder recorder = new(report =>
        {
            if (report is { Epoch: 2, Batch: 2 })
            {
                source.Cancel();
                weights = model.Weights();
            }
        });

        TrainingResult result = model.Fit(Line(8, slope: 2), Options(40, validation: false), recorder, source.Token);

        result.StopReason.Should().Be(StopReason.Cancelled);
        result.History.Should().ContainSingle();
        result.BestEpoch.Should().Be(1);
        recorder.Reports[^1].Batch.Should().Be(2);
        model.Weights().Should().Equal(weights);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_CancelledPastTheBestEpoch_RestoresIt(bool earlyStopping)
    {
        SequenceModel model = LineModel();
        using CancellationTokenSource source = new();
        Recorder recorder = new(report =>
        {
            if (report is { Epoch: 30, Batch: 1 })
            {
                source.Cancel();
            }
        });

        TrainingResult result = model.Fit(
            Line(8, slope: 2), Options(40, earlyStopping ? new EarlyStopping(patience: 100) : null), recorder, source.Token);

        result.StopReason.Should().Be(StopReason.Cancelled);
        result.History.Should().HaveCount(29);
        result.BestEpoch.Should().BeLessThan(29);
        model.Weights().Should().Equal(TrainedFor(result.BestEpoch));
    }

    [Fact]
    public void Fit_OnTrainingEndThrows_RestoresTheBestEpochAllTheSame()
    {
        SequenceModel model = LineModel(), expected = LineModel();
        expected.Fit(Line(8, slope: 2), Options(40, new EarlyStopping(patience: 3)));

        model.Invoking(m => m.Fit(Line(8, slope: 2), Options(40, new EarlyStopping(patience: 3), callbacks: new ThrowAtTheEnd())))
            .Should().Throw<NotSupportedException>();

        model.Weights().Should().Equal(expected.Weights());
    }

    [Fact]
    public void Fit_CancelledBeforeItBegins_ChangesNothing()
    {
        SequenceModel model = LstmModel();

        TrainingResult result = model.Fit(
            Means(8),
            new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam(), Validation = Means(4) },
            cancellationToken: new CancellationToken(canceled: true));

        result.StopReason.Should().Be(StopReason.Cancelled);
        result.History.Should().BeEmpty();
        result.BestEpoch.Should().Be(0);
        model.Weights().Should().Equal(LstmModel().Weights());
    }

    private static TrainingOptions Options(
        int epochs, EarlyStopping? earlyStopping = null, bool validation = true, params TrainingCallback[] callbacks) => new()
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Sgd(0.02f),
            Epochs = epochs,
            BatchSize = 3,
            Validation = validation ? Line(5, slope: 0.9f) : null,
            EarlyStopping = earlyStopping,
            Callbacks = callbacks,
        };

    private static float[] TrainedFor(int epochs)
    {
        SequenceModel model = LineModel();
        model.Fit(Line(8, slope: 2), Options(epochs, validation: false));
        return model.Weights();
    }

    private sealed class ThrowAtTheEnd : TrainingCallback
    {
        public override void OnTrainingEnd(TrainingContext context) => throw new NotSupportedException();
    }
}
