using CsCheck;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training;

public sealed class FitTests
{
    [Fact]
    public void Fit_MeansOfSequences_LossFallsFiftyfold()
    {
        SequenceModel model = LstmModel();
        SequenceDataset validation = Means(40, seed: 2);

        TrainingResult result = model.Fit(Means(160), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(learningRate: 0.02f),
            Epochs = 30,
            BatchSize = 16,
            Validation = validation,
            ClipGradientNorm = 1f,
        });

        result.StopReason.Should().Be(StopReason.Completed);
        result.History.Should().HaveCount(30);
        result.History[^1].TrainingLoss.Should().BeLessThan(result.History[0].TrainingLoss / 50);
        float[] forecast = [.. model.Predict(validation.Inputs)];
        Loss.MeanSquaredError.Evaluate(forecast, [.. validation.Targets])
            .Should().BeApproximately(result.History[^1].ValidationLoss!.Value, 1e-6f).And.BeLessThan(1e-3f);
    }

    [Fact]
    public void Fit_ClassOfEveryStep_LearnsToRememberTheFirst()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(6).Dense(2).Build(1);

        TrainingResult result = model.Fit(Signs(48, length: 7), new TrainingOptions
        {
            Loss = Loss.CrossEntropy,
            Optimizer = new Adam(learningRate: 0.03f),
            Epochs = 20,
            BatchSize = 10,
        });

        result.History[^1].TrainingLoss.Should().BeLessThan(0.05f);
    }

    [Fact]
    public void Fit_NoShuffleWithPartialBatch_EqualsTheLoopWrittenByHand()
    {
        SequenceDataset data = Means(5);
        SequenceModel model = LstmModel(), byHand = LstmModel();
        Sgd optimizer = new(0.1f, momentum: 0.9f);
        ParameterSet gradients = byHand.Parameters.CreateZeros();
        SequencePass pass = byHand.CreatePass();
        double lossSum = 0;
        List<double> norms = [];
        foreach (Range samples in new[] { 0..2, 2..4, 4..5 })
        {
            SequenceDataset batch = data.Subset(samples);
            float[] targets = [.. batch.Targets], slope = new float[targets.Length];
            gradients.Clear();
            pass.Forward(batch.Inputs);
            lossSum += batch.Count * Loss.Huber(0.1f).Evaluate([.. pass.Output], targets, slope);
            pass.Backward(new System.Numerics.Tensors.ReadOnlyTensorSpan<float>(slope, [1, batch.Count, 1]), gradients);
            norms.Add(GradientClipping.ByGlobalNorm(gradients, 0.01f));
            GradientClipping.ByValue(gradients, 0.002f);
            optimizer.Step(byHand.Parameters, gradients);
        }

        TrainingResult result = model.Fit(data, new TrainingOptions
        {
            Loss = Loss.Huber(0.1f),
            Optimizer = new Sgd(0.1f, momentum: 0.9f),
            Epochs = 1,
            BatchSize = 2,
            Shuffle = false,
            ClipGradientNorm = 0.01f,
            ClipGradientValue = 0.002f,
        });

        model.Weights().Should().Equal(byHand.Weights());
        EpochSummary epoch = result.History.Should().ContainSingle().Subject;
        epoch.TrainingLoss.Should().BeApproximately((float)(lossSum / 5), 1e-7f);
        epoch.MeanGradientNorm.Should().BeApproximately((float)norms.Average(), 1e-6f);
        epoch.MaximumGradientNorm.Should().Be((float)norms.Max());
        epoch.ValidationLoss.Should().BeNull();
        epoch.Duration.Should().BePositive();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void Fit_AnyBatchSizeAtLearningRateZero_ReportsTheLossOfAllSamples(int batchSize)
    {
        SequenceModel model = LstmModel();
        SequenceDataset data = Means(7), other = Means(11, seed: 3);
        float[] before = model.Weights();

        TrainingResult result = model.Fit(data, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Sgd(0),
            Epochs = 2,
            BatchSize = batchSize,
            Validation = other,
        });

        model.Weights().Should().Equal(before);
        float training = Loss.MeanSquaredError.Evaluate([.. model.Predict(data.Inputs)], [.. data.Targets]);
        float validation = Loss.MeanSquaredError.Evaluate([.. model.Predict(other.Inputs)], [.. other.Targets]);
        foreach (EpochSummary epoch in result.History)
        {
            epoch.TrainingLoss.Should().BeApproximately(training, 1e-6f * training);
            epoch.ValidationLoss.Should().BeApproximately(validation, 1e-6f * validation);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Fit_TargetsIgnoredAtLearningRateZero_ReportsTheLossOfTheCountedTargets(int batchSize)
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(3).Dense(2).Build(4);
        SequenceDataset data = Signs(4, length: 3);
        foreach ((int step, int sample) in new[] { (0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (1, 3) })
        {
            data.Classes[step, sample] = Loss.IgnoredTarget;
        }

        EpochSummary epoch = model.Fit(data, new TrainingOptions
        {
            Loss = Loss.CrossEntropy,
            Optimizer = new Sgd(0),
            Epochs = 1,
            BatchSize = batchSize,
            Validation = data,
        }).History.Should().ContainSingle().Subject;

        float expected = Loss.CrossEntropy.Evaluate([.. model.Predict(data.Inputs)], [.. data.Classes]);
        epoch.TrainingLoss.Should().BeApproximately(expected, 1e-6f * expected);
        epoch.ValidationLoss.Should().BeApproximately(expected, 1e-6f * expected);
    }

    [Fact]
    public void Fit_SameSeed_GivesTheSameBits()
    {
        Gen.Select(Gen.Int, Gen.Int[1, 20], Gen.Int[1, 9]).Sample((seed, count, batchSize) =>
            Trained(seed, count, batchSize, shuffle: true).Should().Equal(Trained(seed, count, batchSize, shuffle: true)), iter: 20, threads: 1);
    }

    [Fact]
    public void Fit_OtherSeedOrNoShuffle_GivesOtherWeights()
    {
        Trained(1, 20, 4, shuffle: true).Should().NotEqual(Trained(2, 20, 4, shuffle: true));
        Trained(1, 20, 4, shuffle: true).Should().NotEqual(Trained(1, 20, 4, shuffle: false));
        Trained(1, 20, 4, shuffle: false).Should().Equal(Trained(2, 20, 4, shuffle: false));
    }

    [Fact]
    public void Fit_Shuffled_UsesEverySampleOnceAnEpoch()
    {
        SequenceModel model = LineModel();
        SequenceDataset data = Steps([1, 1, 1, 1, 1], [1, 2, 4, 8, 16]);

        TrainingResult result = model.Fit(data, new TrainingOptions
        {
            Loss = Loss.MeanAbsoluteError,
            Optimizer = new Sgd(0),
            Epochs = 4,
            BatchSize = 2,
        });

        result.History.Should().OnlyContain(epoch => epoch.TrainingLoss == 31f / 5);
    }

    [Fact]
    public void Fit_Progress_TellsEveryBatch()
    {
        Recorder recorder = new();

        TrainingResult result = LstmModel().Fit(
            Means(10),
            new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = new Adam(),
                Epochs = 3,
                BatchSize = 4,
                Validation = Means(5, seed: 9),
            },
            recorder);

        recorder.Reports.Select(report => (report.Epoch, report.Batch))
            .Should().Equal((1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (3, 3));
        recorder.Reports.Should().OnlyContain(report => report.Epochs == 3 && report.Batches == 3);
        recorder.Reports.Select(report => report.Elapsed).Should().BeInAscendingOrder();
        recorder.Reports[^1].EstimatedRemaining.Should().Be(TimeSpan.Zero);
        recorder.Reports[2].EstimatedRemaining!.Value.Should().BeCloseTo(2 * recorder.Reports[2].Elapsed, TimeSpan.FromMilliseconds(1));
        recorder.Reports.Take(2).Should().OnlyContain(report => report.ValidationLoss == null);
        recorder.Reports[2].ValidationLoss.Should().Be(result.History[0].ValidationLoss);
        recorder.Reports[3].ValidationLoss.Should().Be(result.History[0].ValidationLoss);
        recorder.Reports[5].TrainingLoss.Should().Be(result.History[1].TrainingLoss);
        result.BestEpoch.Should().Be(result.History.MinBy(epoch => epoch.ValidationLoss)!.Epoch);
    }

    [Fact]
    public void Fit_Warm_StepsAllocateNothing()
    {
        long[] allocated = new long[3 * 4];
        int count = 0;
        Meter meter = new(() => allocated[count++] = GC.GetAllocatedBytesForCurrentThread());

        LstmModel().Fit(
            Means(28),
            new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = new Adam(),
                Epochs = 3,
                BatchSize = 8,
                ClipGradientNorm = 1e-3f,
                ClipGradientValue = 1e-4f,
                Validation = Means(11),
                EarlyStopping = new(patience: 3),
            },
            meter);

        count.Should().Be(12);
        (allocated[6] - allocated[4]).Should().Be(0, "batches of a warm epoch need no new memory");
        (allocated[10] - allocated[8]).Should().Be(0, "batches of a warm epoch need no new memory");
        (allocated[11] - allocated[10]).Should().BeLessThan(300, "a partial batch and validation need none, a summary of the epoch little");
    }

    private static float[] Trained(int seed, int count, int batchSize, bool shuffle)
    {
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(5).TakeLast().Dense(1).Build(3);
        model.Fit(Means(count, length: 3), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new RmsProp(),
            Epochs = 2,
            BatchSize = batchSize,
            Shuffle = shuffle,
            Seed = seed,
        });
        return model.Weights();
    }

    private sealed class Meter(Action measure) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => measure();
    }
}
