using System.Numerics.Tensors;
using LstmSharp.Tests.Serialization;

namespace LstmSharp.Tests.Training;

/// <summary>Truncated backpropagation through time: windows of a batch, a step of the optimizer each, states carried on.</summary>
public sealed class TruncatedBpttTests : IDisposable
{
    private const int Features = 2;
    private readonly TemporaryFolder _folder = new();

    private string Checkpoint => _folder.File("run.checkpoint");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(11, true)]
    public void Fit_TruncateAfter_TakesTheStepsOfALoopThatCarriesTheStates(int window, bool isRagged)
    {
        SequenceDataset data = Data(11, isRagged ? null : 12);
        SequenceModel fitted = Model(), looped = Model();

        fitted.Fit(data, Options(new Adam(0.02f), epochs: 2, batchSize: 4, truncateAfter: window, shuffle: false));

        var optimizer = new Adam(0.02f);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            foreach (int[] samples in Enumerable.Range(0, 11).Chunk(4))
            {
                Loop(looped, optimizer, data, samples, window);
            }
        }

        fitted.Weights().ShouldHaveTheBitsOf(looped.Weights());
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(int.MaxValue)]
    public void Fit_WindowsNoShorterThanTheSequences_GiveTheBitsOfNoWindows(int window)
    {
        SequenceDataset data = Data(23);
        data.MaxSequenceLength.Should().Be(12);
        SequenceModel expected = Model(), model = Model();

        TrainingResult whole = expected.Fit(data, Options(new Adam(), epochs: 3, batchSize: 5));
        TrainingResult windows = model.Fit(data, Options(new Adam(), epochs: 3, batchSize: 5, truncateAfter: window));

        model.Weights().ShouldHaveTheBitsOf(expected.Weights());
        windows.History.Select(epoch => epoch.TrainingLoss).Should().Equal(whole.History.Select(epoch => epoch.TrainingLoss));
    }

    [Theory]
    [InlineData(3, null)]
    [InlineData(2, 1L)]
    public void Fit_WindowsOnAnyThreadsAndBudget_GiveTheSameBits(int threads, long? budget)
    {
        SequenceDataset data = Data(23);
        SequenceModel expected = Model(), model = Model();
        model.LeastOperationsToShare = 0;

        expected.Fit(data, Options(new Adam(), epochs: 2, batchSize: 5, truncateAfter: 4));
        model.Fit(data, Options(new Adam(), epochs: 2, batchSize: 5, truncateAfter: 4, threads: threads, budget: budget));

        model.Weights().ShouldHaveTheBitsOf(expected.Weights());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_EveryEpoch_HasAsManyWindowsAndAnOrderOfItsOwn(bool shuffle)
    {
        SequenceDataset data = Data(50);
        List<(int Epoch, int Batch, int Batches)> seen = [];

        TrainingResult result = Model().Fit(data, Options(
            new Sgd(0.01f), epochs: 6, batchSize: 4, truncateAfter: 3, shuffle: shuffle, each: run => seen.Add((run.Epoch, run.Batch, run.Batches))));

        int windows = seen[0].Batches;
        windows.Should().BeGreaterThan(13, "most batches have several windows");
        seen.Should().Equal(Enumerable.Range(1, 6).SelectMany(epoch => Enumerable.Range(1, windows).Select(n => (epoch, n, windows))));
        result.History.Should().HaveCount(6);
    }

    [Fact]
    public void Shuffle_InWindows_BringsSequencesOfAsManyWindowsTogetherInEveryOrder()
    {
        SequenceDataset data = Data(50);
        EpochBatches batches = new(Model(), data, batchSize: 4, trains: true, window: 3);
        HashSet<string> orders = [];
        int? windows = null;
        for (int epoch = 1; epoch <= 8; epoch++)
        {
            batches.Shuffle(seed: 3, epoch);
            List<int> samples = [];
            int total = 0;
            for (int n = 0; n < batches.Count; n++)
            {
                samples.AddRange(batches.Load(n).Samples.ToArray());
                total += batches.WindowsOf(n);
            }

            samples.Order().Should().Equal(Enumerable.Range(0, 50), "every sample comes once an epoch");
            total.Should().Be(windows ??= total);
            orders.Add(string.Join(' ', samples));
        }

        orders.Should().HaveCount(8);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_StoppedAfterAnyWindow_GoesOnToTheSameBits(bool shuffle)
    {
        SequenceDataset data = Data(9), validation = Data(4, seed: 8);
        TrainingOptions With(Optimizer optimizer, int stopAfter, string? resumeFrom = null) => Options(
            optimizer,
            epochs: 2,
            batchSize: 4,
            truncateAfter: 4,
            shuffle: shuffle,
            each: run =>
            {
                if (run.BatchesDone == stopAfter)
                {
                    run.Stop();
                }
            },
            checkpoint: Checkpoint,
            resumeFrom: resumeFrom,
            validation: validation);

        SequenceModel expected = Model();
        var optimizer = new AdamW(0.02f);
        TrainingResult whole = expected.Fit(data, With(optimizer, stopAfter: 0));
        optimizer.Steps.Should().BeGreaterThan(8);

        for (int stop = 1; stop < optimizer.Steps; stop++)
        {
            Model().Fit(data, With(new AdamW(0.02f), stop));
            SequenceModel resumed = Model(seed: 99);
            TrainingResult rest = resumed.Fit(data, With(new AdamW(0.02f), stopAfter: 0, Checkpoint));

            resumed.Weights().ShouldHaveTheBitsOf(expected.Weights(), $"the run was stopped after window {stop}");
            rest.History.Select(epoch => (epoch.TrainingLoss, epoch.ValidationLoss, epoch.MeanGradientNorm)).Should().Equal(
                whole.History.Select(epoch => (epoch.TrainingLoss, epoch.ValidationLoss, epoch.MeanGradientNorm)), $"window {stop}");
        }
    }

    [Fact]
    public void Fit_ResumedWithOtherWindows_IsRefused()
    {
        SequenceDataset data = Data(9);
        Model().Fit(data, Options(new Adam(), epochs: 1, batchSize: 4, truncateAfter: 4, each: run => run.Stop(), checkpoint: Checkpoint));

        Action resume = () => Model().Fit(data, Options(new Adam(), epochs: 1, batchSize: 4, truncateAfter: 5, resumeFrom: Checkpoint));

        resume.Should().Throw<ArgumentException>().WithMessage("*: TruncateAfter must be 4, but is 5.*");
    }

    [Fact]
    public void Fit_NotANumberInALaterWindow_NamesItsStepOfTheSequence()
    {
        float[] inputs = new float[12 * Features], targets = new float[12];
        inputs[(7 * Features) + 1] = float.NaN;
        var data = new SequenceDataset(SequenceList.Of([inputs], Features), SequenceList.Of([targets]));

        Action fit = () => Model().Fit(data, Options(new Adam(), epochs: 1, batchSize: 4, truncateAfter: 5));

        fit.Should().Throw<NonFiniteTrainingException>().WithMessage("*batch 2: the input of sample 0 is NaN at step 7, feature 1.*");
    }

    [Fact]
    public void Fit_OverflowInALaterWindow_IsFoundFromTheCarriedStates()
    {
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(1, Activation.Relu).Dense(1).Build(seed: 1);
        model.Parameters["0.InputWeights"].Edit(values => values.Fill(1));
        model.Parameters["0.RecurrentWeights"].Edit(values => values.Fill(1e8f));
        model.Parameters["1.Weights"].Edit(values => values.Clear());
        float[] inputs = [1, 0, 0, 0, 0, 0], targets = [0, 0, 0, 0, 0, 0];
        var data = new SequenceDataset(SequenceList.Of([inputs]), SequenceList.Of([targets]));

        Action fit = () => model.Fit(data, Options(new Sgd(1e-30f), epochs: 1, batchSize: 1, truncateAfter: 3));

        fit.Should().Throw<NonFiniteTrainingException>().WithMessage("*batch 2: layer 0, *: its output holds *");
    }

    [Fact]
    public void Fit_ModelWithOneAnswerASequence_CannotBeCut()
    {
        var data = new SequenceDataset(
            SequenceList.Of([new float[12], new float[8]]), SequenceList.OfSingleSteps<float>([1, 2]));

        Action fit = () => TrainingScene.LstmModel().Fit(data, Options(new Adam(), epochs: 1, batchSize: 4, truncateAfter: 11));

        fit.Should().Throw<ArgumentException>().WithMessage(
            "Fit: TruncateAfter 11 needs a model that answers at every step, as SequenceDataset(2 samples: 8..12 × 1 => 1 × 1) has longer "
            + "sequences, but TakeLast(8) does not let every step through; *");
        TrainingScene.LstmModel().Fit(data, Options(new Adam(), epochs: 1, batchSize: 4, truncateAfter: 12)).History.Should().HaveCount(1);
    }

    [Fact]
    public void Fit_SeveralWindowsAStep_IsRefused()
    {
        Action fit = () => Model().Fit(Data(9), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(),
            TruncateAfter = 4,
            AccumulateBatches = 2,
        });

        fit.Should().Throw<ArgumentException>().WithMessage("Fit: TruncateAfter makes every window a step of its own, so AccumulateBatches must be 1, but is 2;*");
    }

    [Fact]
    public void TruncateAfter_NoSteps_IsRefused()
    {
        Action make = () => _ = Options(new Adam(), epochs: 1, batchSize: 1, truncateAfter: 0);
        make.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*TruncateAfter*");
    }

    /// <summary>One batch, written out: windows of the batch, the states copied from one to the next.</summary>
    private static void Loop(SequenceModel model, Optimizer optimizer, SequenceDataset data, int[] samples, int window)
    {
        int size = samples.Length;
        int[] lengths = new int[size];
        int longest = data.CopyLengths(samples, lengths);
        float[] inputs = new float[longest * size * Features], targets = new float[longest * size];
        data.CopyBatch(samples, inputs, targets);
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        ModelState state = model.CreateState(size);
        for (int first = 0; first < longest; first += window)
        {
            int steps = Math.Min(window, longest - first);
            int[] left = [.. lengths.Select(length => Math.Clamp(length - first, 0, steps))];
            float[] some = inputs[(first * size * Features)..((first + steps) * size * Features)];
            float[] expected = targets[(first * size)..((first + steps) * size)], upstream = new float[expected.Length];
            float[] weights = [.. Enumerable.Range(0, steps * size).Select(n => n / size < left[n % size] ? 1f : 0f)];
            pass.Forward(new SequenceInput(new ReadOnlyTensorSpan<float>(some, [steps, size, Features]), left), state);
            state.CopyFrom(pass.FinalState);
            ReadOnlySpan<float> rows = data.IsRagged ? weights : [];
            double total = Loss.MeanSquaredError.TotalWeight(expected, rows);
            Loss.MeanSquaredError.Sum(pass.OutputValues, expected, upstream, total, rows);
            gradients.Clear();
            pass.Backward(new ReadOnlyTensorSpan<float>(upstream, [steps, size, 1]), gradients);
            optimizer.Step(model.Parameters, gradients);
        }
    }

    private static TrainingOptions Options(
        Optimizer optimizer,
        int epochs,
        int batchSize,
        int? truncateAfter = null,
        bool shuffle = true,
        int? threads = null,
        long? budget = null,
        Action<TrainingContext>? each = null,
        string? checkpoint = null,
        string? resumeFrom = null,
        SequenceDataset? validation = null) => new()
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = optimizer,
            Epochs = epochs,
            BatchSize = batchSize,
            TruncateAfter = truncateAfter,
            Shuffle = shuffle,
            Seed = 5,
            MaxDegreeOfParallelism = threads,
            MemoryBudget = budget,
            Validation = validation,
            Callbacks =
            [
                .. each is null ? Array.Empty<TrainingCallback>() : [new AtBatches(each)],
                .. checkpoint is null ? Array.Empty<TrainingCallback>() : [new PeriodicCheckpoint(checkpoint)],
            ],
            ResumeFrom = resumeFrom,
        };

    private static SequenceModel Model(int seed = 2) => SequenceModel.Create(Features).Lstm(5).Gru(3).Gru(4, GruReset.BeforeProduct).VanillaRnn(4).Dense(1).Build(seed);

    /// <summary>Sequences of 1 to 12 steps, or of one length; each step's target is the running sum of the first feature.</summary>
    private static SequenceDataset Data(int count, int? length = null, int seed = 7)
    {
        var random = new Random(seed);
        float[][] inputs =
        [
            .. Enumerable.Range(0, count).Select(n => RandomValues.Uniform(random, (length ?? (n == 0 ? 12 : random.Next(1, 13))) * Features)),
        ];
        return new SequenceDataset(SequenceList.Of(inputs, Features), SequenceList.Of(inputs.Select(RunningSum)));
    }

    private static float[] RunningSum(float[] sequence)
    {
        float sum = 0;
        return [.. sequence.Chunk(Features).Select(step => sum += step[0])];
    }

    private sealed class AtBatches(Action<TrainingContext> action) : TrainingCallback
    {
        public override void OnBatchEnd(TrainingContext context) => action(context);
    }
}
