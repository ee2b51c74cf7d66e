using LstmSharp.Tests.Training.Checkpoints;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training;

public sealed class WeightAveragingTests
{
    [Theory]
    [InlineData(0f)]
    [InlineData(0.9f)]
    [InlineData(0.999f)]
    public void Fit_WeightAveraging_LeavesTheAverageAndTrainsAsWithout(float decay)
    {
        SequenceModel model = LstmModel(), without = LstmModel();
        List<float[]> steps = [], stepsWithout = [];

        Train(model, new ExponentialMovingAverage(decay), steps);
        Train(without, null, stepsWithout);

        steps.Should().HaveSameCount(stepsWithout);
        steps.Zip(stepsWithout).Should().OnlyContain(pair => pair.First.SequenceEqual(pair.Second), "the optimizer goes on with its own weights");
        double[] average = [.. steps[0].Select(weight => (double)weight)];
        foreach (float[] weights in steps.Skip(1))
        {
            average = [.. average.Zip(weights, (a, w) => (decay * a) + ((1 - (double)decay) * w))];
        }

        model.Weights().Zip(average).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fit_WeightAveragingWithValidation_MeasuresAndBringsBackTheAverage(bool earlyStopping)
    {
        SequenceModel model = LineModel();
        SequenceDataset validation = Line(5, slope: 0.9f);

        TrainingResult result = model.Fit(Line(8, slope: 2), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Sgd(0.1f),
            Epochs = 30,
            BatchSize = 3,
            Validation = validation,
            EarlyStopping = earlyStopping ? new EarlyStopping(patience: 30) : null,
            WeightAveraging = new ExponentialMovingAverage(0.8f),
        });

        float[] losses = [.. result.History.Select(epoch => epoch.ValidationLoss!.Value)];
        result.BestEpoch.Should().BeLessThan(30, "the scene is made so");
        model.Evaluate(validation, Loss.MeanSquaredError, batchSize: 3).Loss.Should().Be(earlyStopping ? losses.Min() : losses[^1]);
    }

    [Theory]
    [InlineData("adamw", "cosine")]
    [InlineData("sgd", "plateau")]
    public void Fit_StoppedAtAnyEvaluation_GoesOnToTheSameBits(string optimizer, string schedule)
    {
        ResumeScene Create() => new(optimizer, schedule) { WeightAveraging = new ExponentialMovingAverage(0.9f) };
        using ResumeScene whole = Create(), stopped = Create();
        ResumeScene.Outcome expected = whole.Run();
        int stops = (expected.History.Length * ResumeScene.EvaluationsPerEpoch) - 1;

        for (int stop = 1; stop <= stops; stop++)
        {
            stopped.Run(cancelAt: stop);
            stopped.Resume().ShouldEqual(expected, $"evaluation {stop} was the last before the stop");
        }

        stopped.WeightAveraging = new ExponentialMovingAverage(0.8f);
        stopped.Invoking(scene => scene.Resume()).Should().Throw<ArgumentException>()
            .WithMessage("*: WeightAveraging must be ExponentialMovingAverage(decay 0.9), but is ExponentialMovingAverage(decay 0.8).*");
    }

    [Fact]
    public void LoadModel_OfARunWithAveraging_HasTheAverage()
    {
        using ResumeScene scene = new("adam", "none") { Patience = null, Validation = null, WeightAveraging = new ExponentialMovingAverage(0.9f) };
        SequenceModel model = scene.CreateModel(3);

        scene.Run(model, new Adam(0.02f));

        Checkpoint.LoadModel(scene.Checkpoint).Weights().Should().Equal(model.Weights());
    }

    [Fact]
    public void ExponentialMovingAverage_DecayOutOfRange_Throws()
    {
        foreach (float decay in new[] { -0.1f, 1, float.NaN })
        {
            FluentActions.Invoking(() => new ExponentialMovingAverage(decay)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("decay");
        }
    }

    private static void Train(SequenceModel model, ExponentialMovingAverage? averaging, List<float[]> steps) =>
        model.Fit(Means(19), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(0.02f),
            Epochs = 4,
            BatchSize = 4,
            Validation = Means(5, seed: 3),
            WeightAveraging = averaging,
            Callbacks = [new AfterEveryStep(steps)],
        });

    private sealed class AfterEveryStep(List<float[]> steps) : TrainingCallback
    {
        public override void OnBatchEnd(TrainingContext context) => steps.Add(context.Model.Weights());
    }
}
