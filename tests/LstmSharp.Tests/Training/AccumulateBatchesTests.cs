using LstmSharp.Tests.Training.Checkpoints;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training;

/// <summary>Several batches that make one step are one batch of all their samples.</summary>
public sealed class AccumulateBatchesTests
{
    [Theory]
    [InlineData(2, 4)]
    [InlineData(4, 2)]
    [InlineData(1, 8)]
    [InlineData(3, 100)] // all of an epoch, with a smaller last batch
    public void Fit_AccumulateBatches_IsOneLargeBatch(int batchSize, int accumulated)
    {
        SequenceModel model = LstmModel(), expected = LstmModel();

        TrainingResult result = Train(model, Means(19), Loss.MeanSquaredError, batchSize, accumulated);
        TrainingResult large = Train(expected, Means(19), Loss.MeanSquaredError, Math.Min(batchSize * accumulated, 19), 1);

        ShouldAgree(model, expected, result, large);
    }

    /// <summary>Where batches count different numbers of targets, the mean is over targets, not over batches.</summary>
    [Fact]
    public void Fit_IgnoredTargets_WeighsBatchesByTheTargetsThatCount()
    {
        SequenceDataset data = Signs(12, length: 5);
        for (int n = 0; n < 12; n++)
        {
            for (int step = 0; step < n % 6; step++)
            {
                data.Classes[step, n] = Loss.IgnoredTarget;
            }
        }

        data.Classes[0, 4] = data.Classes[1, 4] = data.Classes[2, 4] = data.Classes[3, 4] = data.Classes[4, 4] = Loss.IgnoredTarget;
        SequenceModel Create() => SequenceModel.Create(1).Lstm(4).Dense(2).Build(3);
        SequenceModel model = Create(), expected = Create();

        TrainingResult result = Train(model, data, Loss.CrossEntropy, batchSize: 1, accumulated: 6);
        TrainingResult large = Train(expected, data, Loss.CrossEntropy, batchSize: 6, accumulated: 1);

        ShouldAgree(model, expected, result, large);
    }

    [Fact]
    public void Fit_AccumulateBatches_CallbacksSeeSteps()
    {
        List<(int Batch, int Batches, long Done)> seen = [];

        LstmModel().Fit(Means(19), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(),
            Epochs = 2,
            BatchSize = 2,
            AccumulateBatches = 4,
            Callbacks = [new AtBatches(context => seen.Add((context.Batch, context.Batches, context.BatchesDone)))],
        });

        seen.Should().Equal((1, 3, 1), (2, 3, 2), (3, 3, 3), (1, 3, 4), (2, 3, 5), (3, 3, 6));
    }

    [Fact]
    public void Fit_AccumulatedAndStoppedAtAnyEvaluation_GoesOnToTheSameBits()
    {
        using ResumeScene whole = new("adam", "exponential") { AccumulateBatches = 2 }, stopped = new("adam", "exponential") { AccumulateBatches = 2 };
        ResumeScene.Outcome expected = whole.Run();
        int stops = (expected.History.Length * ResumeScene.EvaluationsPerEpoch) - 1;

        for (int stop = 1; stop < stops; stop++)
        {
            stopped.Run(cancelAt: stop);
            stopped.Resume().ShouldEqual(expected, $"evaluation {stop} was the last before the stop");
        }

        stopped.AccumulateBatches = 3;
        stopped.Invoking(scene => scene.Resume()).Should().Throw<ArgumentException>().WithMessage("*: AccumulateBatches must be 2, but is 3.*");
    }

    [Fact]
    public void Fit_InputNotFiniteInOneOfSeveralBatches_NamesItsSampleAndChangesNothing()
    {
        SequenceDataset data = Means(8);
        data.Inputs[2, 5, 0] = float.NaN;
        SequenceModel model = LstmModel();

        model.Invoking(m => Train(m, data, Loss.MeanSquaredError, batchSize: 2, accumulated: 4)).Should().Throw<NonFiniteTrainingException>()
            .WithMessage("Fit: epoch 1, batch 1: the input of sample 5 is NaN at step 2, feature 0. *");

        model.Weights().Should().Equal(LstmModel().Weights());
    }

    [Fact]
    public void AccumulateBatches_BelowOne_Throws() =>
        FluentActions.Invoking(() => new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam(), AccumulateBatches = 0 })
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName("AccumulateBatches");

    private static TrainingResult Train(SequenceModel model, SequenceDataset data, Loss loss, int batchSize, int accumulated) =>
        model.Fit(data, new TrainingOptions
        {
            Loss = loss,
            Optimizer = new Sgd(0.1f, momentum: 0.9f),
            Epochs = 3,
            BatchSize = batchSize,
            AccumulateBatches = accumulated,
            ClipGradientNorm = 1,
        });

    private static void ShouldAgree(SequenceModel model, SequenceModel expected, TrainingResult result, TrainingResult large)
    {
        float[] weights = model.Weights(), wanted = expected.Weights();
        weights.Zip(wanted).Should().OnlyContain(pair => MathF.Abs(pair.First - pair.Second) < 1e-5f);
        result.History.Zip(large.History).Should().OnlyContain(pair =>
            MathF.Abs(pair.First.TrainingLoss - pair.Second.TrainingLoss) < 1e-5f
            && MathF.Abs(pair.First.MeanGradientNorm - pair.Second.MeanGradientNorm) < 1e-5f);
    }

    private sealed class AtBatches(Action<TrainingContext> action) : TrainingCallback
    {
        public override void OnBatchEnd(TrainingContext context) => action(context);
    }
}
