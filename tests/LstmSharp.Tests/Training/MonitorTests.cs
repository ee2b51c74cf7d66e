using LstmSharp.Tests.Serialization;
using LstmSharp.Tests.Training.Checkpoints;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training;

/// <summary>Which epoch counts as better: strictly so, and by the loss or by a metric.</summary>
public sealed class MonitorTests
{
    [Theory]
    [InlineData(false, new double[] { 3, 1, 2, 1, 1, 5 }, 2)]
    [InlineData(true, new double[] { 0, 2, 1, 2, 2, 0 }, 2)]
    [InlineData(true, new double[] { double.NaN, 2, double.NaN, 2, 3, 0 }, 5)]
    public void Fit_Monitor_KeepsTheFirstBestEpochAndItsWeights(bool largerIsBetter, double[] values, int bestEpoch)
    {
        SequenceModel model = LineModel();
        List<float[]> weights = [];
        TrainingResult result = model.Fit(Line(4, slope: 2), Options(values, largerIsBetter, epochs: values.Length, patience: 100), new Recorder(report =>
        {
            if (report.Epoch > weights.Count)
            {
                weights.Add(model.Weights());
            }
        }));

        result.BestEpoch.Should().Be(bestEpoch);
        result.History.Select(epoch => (double)epoch.MonitoredMetric!.Value).Should().Equal(values);
        model.Weights().Should().Equal(weights[bestEpoch - 1]);
    }

    [Theory]
    [InlineData(false, new double[] { 3, 1, 1, 1, 0 })]
    [InlineData(true, new double[] { 1, 3, 3, 3, 4 })]
    public void Fit_EqualValues_AreNoImprovementAndStop(bool largerIsBetter, double[] values)
    {
        TrainingResult result = LineModel().Fit(Line(4, slope: 2), Options(values, largerIsBetter, epochs: 5, patience: 2));

        (result.StopReason, result.History.Count).Should().Be((StopReason.EarlyStopped, 4));
    }

    [Fact]
    public void Fit_ImprovementOfExactlyTheMinimum_IsNone()
    {
        TrainingOptions options = Options([4, 3, 2.5, 2.25], false, epochs: 4, patience: 1, minimumImprovement: 1);

        LineModel().Fit(Line(4, slope: 2), options).History.Should().HaveCount(2);
    }

    [Fact]
    public void Fit_EqualValidationLoss_IsNoImprovement()
    {
        TrainingResult result = LineModel().Fit(Line(4, slope: 2), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Sgd(0),
            Epochs = 9,
            Validation = Line(3, slope: 1),
            EarlyStopping = new EarlyStopping(patience: 2),
        });

        (result.StopReason, result.History.Count, result.BestEpoch).Should().Be((StopReason.EarlyStopped, 3, 1));
    }

    [Fact]
    public void BestCheckpoint_EqualScore_DoesNotWriteAgain()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("best.checkpoint");
        int writes = 0;
        LineModel().Fit(
            Line(4, slope: 2),
            Options([2, 2, 1, 1], false, epochs: 4, patience: 100, callbacks: new Counting(path, () => writes++), best: path));

        writes.Should().Be(2);
    }

    [Theory]
    [InlineData(0.5, PlateauThreshold.Relative, 4, 2, false)]
    [InlineData(0.5, PlateauThreshold.Relative, 4, 1.99, true)]
    [InlineData(1, PlateauThreshold.Absolute, 4, 3, false)]
    [InlineData(1, PlateauThreshold.Absolute, 4, 2.99, true)]
    [InlineData(0, PlateauThreshold.Relative, 4, 4, false)]
    [InlineData(0.5, PlateauThreshold.Relative, -4, -4, false)]
    [InlineData(0.5, PlateauThreshold.Relative, -4, -6, false)]
    [InlineData(0.5, PlateauThreshold.Relative, -4, -6.01, true)]
    public void PlateauSchedule_Threshold_MustBePassed(double threshold, PlateauThreshold mode, double best, double next, bool good)
    {
        PlateauSchedule schedule = new(factor: 0.5, patience: 0, threshold: threshold, thresholdMode: mode);
        schedule.RestoreState("8 Infinity 0 0");

        schedule.RateAfter(best).Should().Be(8);

        schedule.RateAfter(next).Should().Be(good ? 8 : 4);
    }

    [Theory]
    [InlineData(true, 1f)]
    [InlineData(false, 0.5f)]
    public void PlateauSchedule_Monitor_GoesByItsDirection(bool largerIsBetter, float rate)
    {
        TrainingOptions options = Options([1, 2, 3, 4], largerIsBetter, 4, patience: 100, schedule: new PlateauSchedule(factor: 0.5, patience: 1));

        float[] rates = [.. LineModel().Fit(Line(4, slope: 2), options).History.Select(epoch => epoch.LearningRate)];

        rates.Should().Equal(0.1f, 0.1f, 0.1f, rate * 0.1f);
    }

    [Fact]
    public void Fit_MonitorWithoutValidationOrOfOtherTargets_IsRefused()
    {
        void Throws(Metric metric, SequenceDataset? validation, string message) => FluentActions.Invoking(() => LineModel().Fit(
            Line(4, slope: 2),
            new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam(), Monitor = metric, Validation = validation }))
            .Should().Throw<ArgumentException>().WithMessage(message);

        Throws(new MeanAbsoluteError(), null, "Fit: Monitor MeanAbsoluteError needs Validation, but there is none*");
        Throws(new Accuracy(), Line(3, slope: 1), "Fit: metrics must be of values for *, but Accuracy is not.*");
    }

    [Fact]
    public void Fit_MonitoredRunStoppedAnywhere_GoesOnToTheSameBits()
    {
        using var scene = new ResumeScene("adam", "plateau") { Monitor = () => new MeanAbsoluteError(), Epochs = 4 };
        ResumeScene.Outcome whole = scene.Run();
        int resumed = 0;
        for (int stop = 2; stop < 4 * ResumeScene.EvaluationsPerEpoch; stop++)
        {
            scene.Run(cancelAt: stop);
            if (File.Exists(scene.Checkpoint))
            {
                scene.Resume().ShouldEqual(whole, $"stopped at evaluation {stop}");
                File.Delete(scene.Checkpoint);
                resumed++;
            }
        }

        resumed.Should().BeGreaterThan(8);
    }

    [Fact]
    public void Fit_ResumedWithAnotherMonitor_IsRefused()
    {
        using var scene = new ResumeScene("adam", "none") { Monitor = () => new MeanPinballError(0.5f) };
        scene.Run(cancelAt: 10);
        scene.Monitor = () => new MeanPinballError(0.9f);
        Action resume = () => scene.Resume();
        resume.Should().Throw<ArgumentException>().WithMessage("*Monitor must be LstmSharp.MeanPinballError(*0.5*), but is LstmSharp.MeanPinballError(*0.9*)*");
    }

    [Fact]
    public void Metrics_WithParameters_TellThemInTheirSettings()
    {
        new TopKAccuracy(3).Settings.Should().NotBe(new TopKAccuracy(5).Settings);
        new F1Score(2).Settings.Should().NotBe(new F1Score(2, F1Average.Micro).Settings);
        new IntervalCoverage(3).Settings.Should().NotBe(new IntervalCoverage(3, 1).Settings);
        new Accuracy().Settings.Should().Be(new Accuracy().Settings);
    }

    [Fact]
    public void Metrics_KnowTheirDirection()
    {
        Metric[] larger = [new Accuracy(), new BinaryAccuracy(), new ConfusionMatrix(2)];
        Metric[] smaller = [new MeanAbsoluteError(), new RootMeanSquaredError(), new MeanAbsolutePercentageError()];

        larger.Should().OnlyContain(metric => metric.LargerIsBetter);
        smaller.Should().OnlyContain(metric => !metric.LargerIsBetter);
    }

    private static TrainingOptions Options(
        double[] values,
        bool largerIsBetter,
        int epochs,
        int patience,
        float minimumImprovement = 0,
        TrainingCallback? callbacks = null,
        string? best = null,
        LearningRateSchedule? schedule = null) => new()
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Sgd(0.1f),
            Epochs = epochs,
            BatchSize = 4,
            Validation = Line(3, slope: 1),
            Monitor = new Scripted(values, largerIsBetter),
            Schedule = schedule,
            EarlyStopping = new EarlyStopping(patience, minimumImprovement),
            Callbacks = [.. best is null ? Array.Empty<TrainingCallback>() : [new BestCheckpoint(best)], .. callbacks is null ? Array.Empty<TrainingCallback>() : [callbacks]],
        };

    /// <summary>Gives one value after the other.</summary>
    private sealed class Scripted(double[] values, bool largerIsBetter) : Metric<float>
    {
        private int _epoch = -1;

        public override bool LargerIsBetter => largerIsBetter;

        public override double Value => values[_epoch];

        public override void Reset() => _epoch++;

        protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
        {
        }

        protected override void Accumulate(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
        {
        }
    }

    /// <summary>Counts how often a file was asked for.</summary>
    private sealed class Counting(string path, Action count) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext context)
        {
            if (context.RequestedCheckpoints.Contains(path))
            {
                count();
            }
        }
    }
}
