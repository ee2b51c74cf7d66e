namespace LstmSharp.Tests.Training;

/// <summary>Cross-entropy that is computed where the logits lie, against the same loss that a caller wrote, whose gradient needs an array of
/// its own.</summary>
public sealed class JudgedOutputsTests
{
    private const int Vocabulary = 37;

    public static TheoryData<string> Losses => ["plain", "smoothed", "weighted"];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Fit_LogitsOfEveryStep_TakesTheStepsOfALossOfYourOwn(string kind) => ShouldAgree(LossOf(kind), Model, Tokens(), _ => { });

    [Theory]
    [MemberData(nameof(Losses))]
    public void Fit_InWindows_TakesTheStepsOfALossOfYourOwn(string kind) =>
        ShouldAgree(LossOf(kind), Model, Tokens(), options => options.TruncateAfter = 3);

    [Theory]
    [MemberData(nameof(Losses))]
    public void Fit_WithinABudget_TakesTheStepsOfALossOfYourOwn(string kind) =>
        ShouldAgree(LossOf(kind), Model, Tokens(), options => options.MemoryBudget = 1);

    [Fact]
    public void Fit_SeveralBatchesAsOne_TakesTheStepsOfALossOfYourOwn() =>
        ShouldAgree(LossOf("plain"), Model, Tokens(), options => options.AccumulateBatches = 3);

    [Fact]
    public void Fit_OneAnswerASequence_TakesTheStepsOfALossOfYourOwn() =>
        ShouldAgree(
            LossOf("smoothed"),
            () => SequenceModel.CreateForTokens(Vocabulary, 5).Lstm(6).TakeLast().Dense(Vocabulary).Build(seed: 3),
            OneAnswer(),
            _ => { });

    [Fact]
    public void Fit_ADroppedHead_TakesTheStepsOfALossOfYourOwn() =>
        ShouldAgree(
            LossOf("plain"),
            () => SequenceModel.CreateForTokens(Vocabulary, 5).Lstm(6).Dense(Vocabulary).Dropout(0.2f).Build(seed: 3),
            Tokens(),
            _ => { });

    [Fact]
    public void Fit_OnlyIgnoredTargetsInABatch_LeavesTheWeights()
    {
        SequenceModel model = Model(), before = Model();
        var data = new SequenceDataset(
            SequenceList.Of<int>([[1, 2], [3, 4]]), SequenceList.Of<int>([[Loss.IgnoredTarget, Loss.IgnoredTarget], [5, 6]]));
        model.Fit(data, new TrainingOptions { Loss = Loss.CrossEntropy, Optimizer = new Sgd(0.5f), Epochs = 1, BatchSize = 1, Shuffle = false });
        before.Fit(data.Subset([1]), new TrainingOptions { Loss = Loss.CrossEntropy, Optimizer = new Sgd(0.5f), Epochs = 1, BatchSize = 1 });
        ShouldBeEqual(model, before);
    }

    /// <summary>Four arrays of all logits stood here before: the layer's, the caller's copy, its gradient and the layer's copy of that.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(1L)]
    public void Fit_ALargeVocabulary_HoldsItsLogitsOnce(long? memoryBudget)
    {
        const int Words = 3_000, Length = 40, Rows = 10;
        SequenceModel model = SequenceModel.CreateForTokens(Words, 2).Dense(Words).Build();
        model.MaxDegreeOfParallelism = 1;
        int[][] tokens = [.. Enumerable.Range(0, Rows).Select(n => Enumerable.Range(n, Length).ToArray())];
        var data = new SequenceDataset(SequenceList.Of<int>(tokens), SequenceList.Of<int>(tokens));
        var options = new TrainingOptions
        {
            Loss = Loss.CrossEntropy,
            Optimizer = new Sgd(0.1f),
            Epochs = 2,
            BatchSize = Rows,
            MemoryBudget = memoryBudget,
        };
        long before = GC.GetAllocatedBytesForCurrentThread();
        model.Fit(data, options);
        long logits = (long)Words * Length * Rows * sizeof(float);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(logits * 3 / 2);
    }

    private static void ShouldAgree(Loss<int> loss, Func<SequenceModel> create, SequenceDataset data, Action<TrainingOptionsOf> set)
    {
        var own = new TrainingOptionsOf();
        set(own);
        SequenceModel expected = create();
        TrainingResult expectedResult = expected.Fit(data, own.With(new OwnLoss(loss)));
        foreach (int threads in new[] { 1, 3 })
        {
            SequenceModel actual = create();
            actual.MaxDegreeOfParallelism = threads;
            actual.LeastOperationsToShare = 0;
            TrainingResult result = actual.Fit(data, own.With(loss));
            ShouldBeEqual(actual, expected);
            result.History.Select(epoch => epoch.TrainingLoss).Should().Equal(expectedResult.History.Select(epoch => epoch.TrainingLoss));
        }
    }

    private static void ShouldBeEqual(SequenceModel actual, SequenceModel expected)
    {
        for (int n = 0; n < expected.Parameters.Count; n++)
        {
            actual.Parameters[n].Values.ShouldHaveTheBitsOf(expected.Parameters[n].Values);
        }
    }

    private static SequenceModel Model() => SequenceModel.CreateForTokens(Vocabulary, 5).Lstm(6).Dense(Vocabulary).Build(seed: 3);

    private static Loss<int> LossOf(string kind) => (Loss<int>)(kind switch
    {
        "plain" => Loss.CrossEntropy,
        "smoothed" => Loss.SmoothedCrossEntropy(0.1f),
        _ => Loss.WeightedCrossEntropy([.. Enumerable.Range(1, Vocabulary).Select(n => n / 7f)]),
    });

    /// <summary>Sequences of 2 to 11 steps, some targets ignored.</summary>
    private static SequenceDataset Tokens()
    {
        var random = new Random(5);
        int[][] tokens = [.. Enumerable.Range(0, 23).Select(n => Enumerable.Range(0, 2 + (n % 10)).Select(_ => random.Next(Vocabulary)).ToArray())];
        int[][] next = [.. tokens.Select(sequence => sequence
            .Select(token => random.Next(6) == 0 ? Loss.IgnoredTarget : (token + 1) % Vocabulary).ToArray())];
        return new SequenceDataset(SequenceList.Of<int>(tokens), SequenceList.Of<int>(next));
    }

    private static SequenceDataset OneAnswer()
    {
        int[][] tokens = [.. Enumerable.Range(0, 23).Select(n => Enumerable.Range(n, 1 + (n % 10)).Select(token => token % Vocabulary).ToArray())];
        int[][] answers = [.. tokens.Select(sequence => new[] { sequence.Sum() % Vocabulary })];
        return new SequenceDataset(SequenceList.Of<int>(tokens), SequenceList.Of<int>(answers));
    }

    private sealed class TrainingOptionsOf
    {
        public int? TruncateAfter { get; set; }

        public long? MemoryBudget { get; set; }

        public int AccumulateBatches { get; set; } = 1;

        public TrainingOptions With(Loss loss) => new()
        {
            Loss = loss,
            Optimizer = new Adam(0.02f),
            Epochs = 2,
            BatchSize = 5,
            ClipGradientNorm = 1,
            TruncateAfter = TruncateAfter,
            MemoryBudget = MemoryBudget,
            AccumulateBatches = AccumulateBatches,
        };
    }

    /// <summary>A loss as a caller writes it.</summary>
    private sealed class OwnLoss(Loss<int> inner) : Loss<int>
    {
        protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target) =>
            inner.Check(prediction, target);

        protected override double SumWeights(ReadOnlySpan<int> target) => inner.TotalWeight(target);

        protected override double ComputeSum(
            ReadOnlySpan<float> prediction, ReadOnlySpan<int> target, Span<float> gradient, double divisor) =>
            inner.Sum(prediction, target, gradient, divisor);
    }
}
