using System.Numerics.Tensors;
using LstmSharp.Tests.Serialization;

namespace LstmSharp.Tests.Training;

/// <summary>Training on labels whose steps nobody knows.</summary>
public sealed class CtcFitTests
{
    private const int Classes = 4;

    [Fact]
    public void Fit_OneBatch_TakesTheStepOfACustomLoop()
    {
        SequenceModel fitted = Model(), looped = Model();
        fitted.Fit(Data(), Options(epochs: 1, batchSize: 3));

        SequencePass pass = looped.CreatePass();
        ParameterSet gradients = looped.Parameters.CreateZeros();
        int[] lengths = [4, 7, 5];
        float[] input = new float[7 * 3 * 2];
        for (int row = 0; row < 3; row++)
        {
            for (int n = 0; n < lengths[row] * 2; n++)
            {
                input[(n / 2 * 6) + (row * 2) + (n % 2)] = Sequences()[row][n];
            }
        }

        pass.Forward(new SequenceInput(new ReadOnlyTensorSpan<float>(input, [7, 3, 2]), lengths));
        float[] gradient = new float[pass.OutputValues.Length];
        new CtcLoss().Sum(pass.Output, [1, 2, 3, 3, 1], [2, 3, 0], gradient, lengths, divisor: 3);
        pass.Backward(new ReadOnlyTensorSpan<float>(gradient, pass.Output.Lengths), gradients);
        new Adam(0.02f).Step(looped.Parameters, gradients);
        ShouldBeEqual(fitted, looped);
    }

    [Fact]
    public void Fit_LabelsOfAnyNumber_AreLearned()
    {
        SequenceModel model = Model();
        SequenceDataset data = Data();
        float before = model.Evaluate(data, new CtcLoss()).Loss;
        model.Fit(data, Options(epochs: 200, batchSize: 2));
        model.Evaluate(data, new CtcLoss()).Loss.Should().BeLessThan(before / 4);
    }

    [Fact]
    public void Evaluate_AnyBatchSize_GivesTheMeanOverSequences()
    {
        SequenceModel model = Model();
        double expected = Enumerable.Range(0, 3).Select(sample => (double)model.Evaluate(Data().Subset([sample]), new CtcLoss()).Loss).Average();
        foreach (int batchSize in new[] { 1, 2, 3 })
        {
            model.Evaluate(Data(), new CtcLoss(), batchSize: batchSize).Loss.Should().BeApproximately((float)expected, 1e-5f);
        }
    }

    [Theory]
    [InlineData(4, null)]
    [InlineData(1, 1L)]
    public void Fit_AnyThreadsAndMemoryBudget_GiveTheSameBits(int threads, long? memoryBudget)
    {
        SequenceModel one = Model(), other = Model();
        one.Fit(Data(), Options(epochs: 3, batchSize: 2));
        other.MaxDegreeOfParallelism = threads;
        other.LeastOperationsToShare = 0;
        other.Fit(Data(), Options(epochs: 3, batchSize: 2, memoryBudget: memoryBudget));
        ShouldBeEqual(other, one);
    }

    [Fact]
    public void Fit_ResumedFromACheckpoint_HasTheBitsOfAnUnbrokenRun()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        SequenceModel whole = Model(), broken = Model(), resumed = Model();
        whole.Fit(Data(), Options(epochs: 4, batchSize: 2));
        broken.Fit(Data(), Options(epochs: 2, batchSize: 2, checkpoint: path));
        resumed.Fit(Data(), Options(epochs: 4, batchSize: 2, resumeFrom: path));
        ShouldBeEqual(resumed, whole);
        var others = SequenceDataset.WithLabels(SequenceList.Of(Sequences(), size: 2), SequenceList.Of<int>([[1, 2], [3, 3, 1], [1]]));
        Action onOthers = () => Model().Fit(others, Options(epochs: 4, batchSize: 2, resumeFrom: path));
        onOthers.Should().Throw<Exception>().WithMessage("*data*");
    }

    [Fact]
    public void Fit_SeveralBatchesAsOne_TakeTheStepOfOneBatch()
    {
        SequenceModel one = Model(), several = Model();
        one.Fit(Data(), Options(epochs: 1, batchSize: 3));
        several.Fit(Data(), Options(epochs: 1, batchSize: 1, accumulate: 3));
        for (int n = 0; n < one.Parameters.Count; n++)
        {
            several.Parameters[n].Values.ToArray().Should().Equal(one.Parameters[n].Values.ToArray(), (a, b) => Math.Abs(a - b) < 1e-4f);
        }
    }

    [Fact]
    public void Fit_TokensWithLabels_Train()
    {
        SequenceModel model = SequenceModel.CreateForTokens(5, 4).Lstm(6).Dense(Classes).Build(seed: 1);
        var data = SequenceDataset.WithLabels(SequenceList.Of<int>([[0, 1, 2], [3, 4]]), SequenceList.Of<int>([[1, 2], [3]]));
        float before = model.Evaluate(data, new CtcLoss()).Loss;
        model.Fit(data, Options(epochs: 30, batchSize: 2));
        model.Evaluate(data, new CtcLoss()).Loss.Should().BeLessThan(before);
    }

    [Fact]
    public void Fit_MoreLabelsThanSteps_AreRefusedOrCountAs0()
    {
        var data = SequenceDataset.WithLabels(SequenceList.Of(Sequences(), size: 2), SequenceList.Of<int>([[1, 1, 2, 2], [3], [1]]));
        Action fit = () => Model().Fit(data, Options(epochs: 1, batchSize: 3));
        fit.Should().Throw<ArgumentException>().WithMessage(
            "Fit: training must have a step for each label, and one more between two equal ones, but sample 0 of * has 4 steps and needs 6; "
            + "leave it out, or let it count as 0 with zeroInfinity: true.*");
        var lenient = new CtcLoss(zeroInfinity: true);
        SequenceModel model = Model();
        model.Evaluate(data.Subset(..1), lenient).Loss.Should().Be(0);
        model.Fit(data, new TrainingOptions { Loss = lenient, Optimizer = new Adam(), Epochs = 1 });
    }

    [Theory]
    [InlineData(0, "has 0 as label 1 of sample 1")]
    [InlineData(4, "has 4 as label 1 of sample 1")]
    [InlineData(-100, "has -100 as label 1 of sample 1")]
    public void Fit_ALabelThatIsNoClassOrTheBlank_IsRefused(int label, string fault)
    {
        var data = SequenceDataset.WithLabels(SequenceList.Of(Sequences(), size: 2), SequenceList.Of<int>([[1], [3, label], [1]]));
        Action fit = () => Model().Fit(data, Options(epochs: 1, batchSize: 3));
        fit.Should().Throw<ArgumentException>().WithMessage($"Fit: training must have labels from 0 to 3 other than the blank 0, but *{fault}.*");
    }

    [Fact]
    public void Fit_WhatDoesNotFit_IsRefusedInWords()
    {
        SequenceDataset data = Data();
        Action blank = () => Model().Evaluate(data, new CtcLoss(blank: 4));
        blank.Should().Throw<ArgumentException>().WithMessage("Evaluate: CtcLoss(blank 4) needs its blank among the model's classes, 0 to 3*");
        Action last = () => SequenceModel.Create(2).Lstm(5).TakeLast().Dense(Classes).Build().Evaluate(data, new CtcLoss());
        last.Should().Throw<ArgumentException>().WithMessage("Evaluate: CtcLoss(blank 0) needs a model that answers at every step, but TakeLast*");
        Action crossEntropy = () => Model().Evaluate(data, Loss.CrossEntropy);
        crossEntropy.Should().Throw<ArgumentException>().WithMessage("*but * has labels without steps, which are for a CtcLoss.*");
        var classes = new SequenceDataset(SequenceList.Of(Sequences(), size: 2), SequenceList.Of<int>([[1], [2], [3]]));
        Action ctc = () => Model().Evaluate(classes, new CtcLoss());
        ctc.Should().Throw<ArgumentException>().WithMessage("*must have labels for the loss CtcLoss(blank 0), as SequenceDataset.WithLabels *");
        Action metric = () => Model().Evaluate(data, new CtcLoss(), [new Accuracy()]);
        metric.Should().Throw<ArgumentException>().WithMessage("Evaluate: metrics need a target for each output, but * so Accuracy cannot count.*");
        Action bounded = () => SequenceModel.Create(2).Lstm(Classes).Build().Fit(data, Options(epochs: 1, batchSize: 3));
        bounded.Should().Throw<ArgumentException>().WithMessage("Fit: the loss CtcLoss(blank 0) takes logits*");
        TrainingOptions cut = new() { Loss = new CtcLoss(), Optimizer = new Adam(), Epochs = 1, TruncateAfter = 3 };
        Action windows = () => Model().Fit(data, cut);
        windows.Should().Throw<ArgumentException>().WithMessage("Fit: TruncateAfter 3 cuts*but CtcLoss(blank 0) needs them whole*MemoryBudget*");
    }

    [Fact]
    public void MeasureGradientFlow_Labels_ReachesEveryStep() =>
        Model().MeasureGradientFlow(Data(), new CtcLoss()).Layers.Should().ContainSingle()
            .Which.HiddenNorms.Should().OnlyContain(norm => norm > 0);

    [Fact]
    public void WithLabels_OtherCounts_AreRefusedAndSubsetsKeepTheirLabels()
    {
        Action make = () => SequenceDataset.WithLabels(SequenceList.Of(Sequences(), size: 2), SequenceList.Of<int>([[1]]));
        make.Should().Throw<ArgumentException>().WithMessage("SequenceDataset: labels must hold 3 sequences as inputs does, but holds 1.*");
        Data().ToString().Should().Be("SequenceDataset(3 samples: 4..7 × 2 => 0..3 labels)");
        Data().Subset([1]).HasLabelTargets.Should().BeTrue();
    }

    private static void ShouldBeEqual(SequenceModel actual, SequenceModel expected)
    {
        for (int n = 0; n < expected.Parameters.Count; n++)
        {
            actual.Parameters[n].Values.ShouldHaveTheBitsOf(expected.Parameters[n].Values);
        }
    }

    private static SequenceModel Model() => SequenceModel.Create(2).Lstm(8).Dense(Classes).Build(seed: 5);

    /// <summary>Sequences of 4, 7 and 5 steps with 2, 3 and no labels.</summary>
    private static SequenceDataset Data() =>
        SequenceDataset.WithLabels(SequenceList.Of(Sequences(), size: 2), SequenceList.Of<int>([[1, 2], [3, 3, 1], []]));

    private static float[][] Sequences()
    {
        var random = new Random(2);
        return [RandomValues.Uniform(random, 8), RandomValues.Uniform(random, 14), RandomValues.Uniform(random, 10)];
    }

    private static TrainingOptions Options(
        int epochs, int batchSize, int accumulate = 1, long? memoryBudget = null, string? checkpoint = null, string? resumeFrom = null) =>
        new()
        {
            Loss = new CtcLoss(),
            Optimizer = new Adam(0.02f),
            Epochs = epochs,
            BatchSize = batchSize,
            Shuffle = false,
            AccumulateBatches = accumulate,
            MemoryBudget = memoryBudget,
            Callbacks = checkpoint is null ? [] : [new PeriodicCheckpoint(checkpoint)],
            ResumeFrom = resumeFrom,
        };
}
