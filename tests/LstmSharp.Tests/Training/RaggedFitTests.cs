using System.Numerics.Tensors;
using LstmSharp.Tests.Training.Checkpoints;

namespace LstmSharp.Tests.Training;

/// <summary>Training and evaluation on sequences of different length.</summary>
public sealed class RaggedFitTests
{
    private const int Features = 2;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(32)]
    public void Evaluate_ATargetForEachStep_IsTheMeanOverRealSteps(int batchSize)
    {
        float[][] inputs = Inputs(11), targets = [.. inputs.Select(sequence => StepTargets(sequence))];
        SequenceModel model = SequenceModel.Create(Features).Lstm(5).Dense(1).Build(seed: 3);
        var data = new SequenceDataset(SequenceList.Of(inputs, Features), SequenceList.Of(targets));
        double[] errors = [.. inputs.Zip(targets).SelectMany(pair => Predict(model, pair.First).Zip(pair.Second, (y, t) => (double)y - t))];

        EvaluationResult result = model.Evaluate(data, Loss.MeanSquaredError, [new MeanAbsoluteError()], batchSize);

        result.Loss.Should().BeApproximately((float)errors.Average(error => error * error), 1e-6f);
        result.Metrics[0].Value.Should().BeApproximately(errors.Average(Math.Abs), 1e-6);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(32)]
    public void Evaluate_AClassForEachStep_CountsRealStepsAlone(int batchSize)
    {
        float[][] inputs = Inputs(9);
        int[][] classes = [.. inputs.Select(sequence => StepTargets(sequence).Select(target => target > 0 ? 1 : 0).ToArray())];
        SequenceModel model = SequenceModel.Create(Features).Lstm(5).Dense(2).Build(seed: 3);
        var data = new SequenceDataset(SequenceList.Of(inputs, Features), SequenceList.Of(classes));
        int right = inputs.Zip(classes).Sum(pair =>
            Predict(model, pair.First).Chunk(2).Zip(pair.Second).Count(step => (step.First[1] > step.First[0] ? 1 : 0) == step.Second));

        var accuracy = new Accuracy();
        model.Evaluate(data, Loss.CrossEntropy, [accuracy], batchSize);

        accuracy.Right.Should().Be(right);
        accuracy.Value.Should().Be((double)right / classes.Sum(sequence => sequence.Length));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 32)]
    public void FitAndEvaluate_ATargetForASequenceWithoutSteps_NameIt(int longest, int batchSize)
    {
        float[][] inputs = [new float[longest * Features], [], new float[Features]];
        var data = new SequenceDataset(SequenceList.Of(inputs, Features), SequenceList.OfSingleSteps<float>([1, 2, 3]));

        Action fit = () => Tagger(seed: 4).Fit(data, Options(new Sgd(0.1f), epochs: 1, batchSize, shuffle: false));
        Action evaluate = () => Tagger(seed: 4).Evaluate(data, Loss.MeanSquaredError, batchSize: batchSize);

        fit.Should().Throw<ArgumentException>().WithMessage(
            $"Fit: training must have a step in every sequence that has a target, but {data} has none in sample 1. *");
        evaluate.Should().Throw<ArgumentException>().WithMessage("Evaluate: data must have a step in every sequence *sample 1.*");
    }

    [Fact]
    public void Fit_ASequenceWithoutStepsWhereEveryStepHasATarget_CountsForNothing()
    {
        float[][] inputs = [new float[2 * Features], [], new float[Features]], targets = [[1, 2], [], [3]];
        var data = new SequenceDataset(SequenceList.Of(inputs, Features), SequenceList.Of(targets));
        SequenceModel model = SequenceModel.Create(Features).Lstm(5).Dense(1).Build(seed: 3);

        TrainingResult result = model.Fit(data, Options(new Sgd(0.1f), epochs: 1, batchSize: 1, shuffle: false));

        result.History[0].TrainingLoss.Should().BePositive().And.BeLessThan(9);
    }

    [Fact]
    public void Fit_BatchLargerThanAnArray_SaysSo()
    {
        const int Columns = 100, Length = 500;
        SequenceDataset windows = new SlidingWindows(Length, 1, [0]).Cut(Tensor.CreateFromShape<float>([Length + 1, Columns]), ..);
        SequenceDataset data = windows.Subset(new int[50_000]);
        SequenceModel model = SequenceModel.Create(Columns).Lstm(1).TakeLast().Dense(1).Build();

        Action fit = () => model.Fit(data, Options(new Sgd(0.1f), epochs: 1, batchSize: 50_000, shuffle: false));

        fit.Should().Throw<ArgumentException>().WithMessage(
            "Fit: training must have at most * input values in a batch, but * has 500 steps × 50000 samples × 100 features; *");
    }

    [Fact]
    public void Fit_OneBatch_TakesTheStepOfACustomLoop()
    {
        float[][] inputs = Inputs(6);
        float[] targets = [.. inputs.Select(sequence => sequence[0])];
        var data = new SequenceDataset(SequenceList.Of(inputs, Features), SequenceList.OfSingleSteps<float>(targets));
        SequenceModel fitted = Tagger(seed: 4), looped = Tagger(seed: 4);

        fitted.Fit(data, Options(new Sgd(0.1f), epochs: 1, batchSize: 6, shuffle: false));

        int[] lengths = [.. inputs.Select(sequence => sequence.Length / Features)];
        int longest = lengths.Max();
        float[] values = new float[longest * 6 * Features], batchTargets = new float[6], gradient = new float[6];
        data.CopyBatch([0, 1, 2, 3, 4, 5], values, batchTargets);
        SequencePass pass = looped.CreatePass();
        ParameterSet gradients = looped.Parameters.CreateZeros();
        pass.Forward(new SequenceInput(new ReadOnlyTensorSpan<float>(values, [longest, 6, Features]), lengths));
        Loss.MeanSquaredError.Evaluate(pass.OutputValues, batchTargets, gradient);
        pass.Backward(new ReadOnlyTensorSpan<float>(gradient, [1, 6, 1]), gradients);
        new Sgd(0.1f).Step(looped.Parameters, gradients);
        fitted.Weights().ShouldHaveTheBitsOf(looped.Weights());
    }

    [Fact]
    public void Fit_SequencesOfManyLengths_LearnsTheirFirstStep()
    {
        SequenceDataset Data(int count, int seed)
        {
            float[][] inputs = Inputs(count, seed);
            return new SequenceDataset(
                SequenceList.Of(inputs, Features),
                SequenceList.OfSingleSteps<int>([.. inputs.Select(sequence => sequence[0] > 0 ? 1 : 0)]));
        }

        SequenceModel model = SequenceModel.Create(Features).Lstm(16).TakeLast().Dense(2).Build(seed: 1);
        model.Fit(Data(300, seed: 1), new TrainingOptions { Loss = Loss.CrossEntropy, Optimizer = new Adam(0.02f), Epochs = 25 });
        model.Evaluate(Data(100, seed: 2), Loss.CrossEntropy, [new Accuracy()]).Metrics[0].Value.Should().BeGreaterThan(0.9);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(3, null)]
    [InlineData(2, 1L)]
    public void Fit_AnyThreadsAndBudget_GivesTheSameBits(int threads, long? budget)
    {
        float[][] inputs = Inputs(23);
        var data = new SequenceDataset(
            SequenceList.Of(inputs, Features), SequenceList.Of(inputs.Select(sequence => StepTargets(sequence))));
        SequenceModel Trained(TrainingOptions options)
        {
            SequenceModel model = SequenceModel.Create(Features).Lstm(9).Dense(1).Build(seed: 2);
            model.LeastOperationsToShare = 0;
            model.Fit(data, options);
            return model;
        }

        float[] expected = Trained(Options(new Adam(), epochs: 3, batchSize: 5)).Weights();
        Trained(Options(new Adam(), epochs: 3, batchSize: 5, threads: threads, budget: budget)).Weights().ShouldHaveTheBitsOf(expected);
    }

    [Fact]
    public void Fit_RaggedDataStoppedAnywhere_GoesOnToTheSameBits()
    {
        float[][] inputs = Inputs(18, features: 1);
        using var scene = new ResumeScene("adam", "none")
        {
            Training = new SequenceDataset(
                SequenceList.Of(inputs), SequenceList.OfSingleSteps<float>([.. inputs.Select(sequence => sequence[0])])),
            Patience = null,
            Epochs = 3,
        };
        ResumeScene.Outcome whole = scene.Run();
        for (int stop = 2; stop < 3 * ResumeScene.EvaluationsPerEpoch; stop++)
        {
            scene.Run(cancelAt: stop);
            if (File.Exists(scene.Checkpoint))
            {
                scene.Resume().ShouldEqual(whole, $"stopped at evaluation {stop}");
                File.Delete(scene.Checkpoint);
            }
        }
    }

    [Fact]
    public void Shuffle_SequencesOfManyLengths_BringsSimilarOnesTogether()
    {
        float[][] inputs = Inputs(203, longest: 50);
        var data = new SequenceDataset(
            SequenceList.Of(inputs, Features), SequenceList.OfSingleSteps<float>([.. inputs.Select(sequence => sequence[0])]));
        EpochBatches batches = new(Tagger(seed: 1), data, batchSize: 10, trains: false);
        HashSet<string> orders = [];
        for (int epoch = 1; epoch <= 5; epoch++)
        {
            batches.Shuffle(seed: 3, epoch);
            List<int> samples = [];
            double padded = 0, real = 0;
            for (int n = 0; n < batches.Count; n++)
            {
                TrainingBatch batch = batches.Load(n);
                samples.AddRange(batch.Samples.ToArray());
                padded += batch.SequenceLength * batch.Size;
                real += batch.Lengths.ToArray().Sum();
            }

            samples.Order().Should().Equal(Enumerable.Range(0, 203), "every sample comes once an epoch");
            (real / padded).Should().BeGreaterThan(0.85, "batches of similar length have little padding");
            orders.Add(string.Join(' ', samples));
        }

        orders.Should().HaveCount(5, "every epoch has an order of its own");
    }

    [Fact]
    public void MemoryBudget_OfNothing_IsRefused()
    {
        Action make = () => _ = Options(new Adam(), epochs: 1, budget: 0);
        make.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*MemoryBudget*");
    }

    private static TrainingOptions Options(
        Optimizer optimizer, int epochs, int batchSize = 32, bool shuffle = true, int? threads = null, long? budget = null) => new()
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = optimizer,
            Epochs = epochs,
            BatchSize = batchSize,
            Shuffle = shuffle,
            MaxDegreeOfParallelism = threads,
            MemoryBudget = budget,
        };

    private static SequenceModel Tagger(int seed) => SequenceModel.Create(Features).Lstm(6).TakeLast().Dense(1).Build(seed);

    /// <summary>Random sequences of 1 to <paramref name="longest"/> steps.</summary>
    private static float[][] Inputs(int count, int seed = 7, int features = Features, int longest = 12)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => RandomValues.Uniform(random, random.Next(1, longest + 1) * features))];
    }

    /// <summary>The running sum of a sequence's first feature.</summary>
    private static float[] StepTargets(float[] sequence)
    {
        float sum = 0;
        return [.. sequence.Chunk(Features).Select(step => sum += step[0])];
    }

    private static float[] Predict(SequenceModel model, float[] sequence)
    {
        int length = sequence.Length / Features;
        Tensor<float> output = model.Predict(Tensor.Create(sequence, [length, 1, Features]));
        float[] values = new float[output.FlattenedLength];
        output.FlattenTo(values);
        return values;
    }
}
