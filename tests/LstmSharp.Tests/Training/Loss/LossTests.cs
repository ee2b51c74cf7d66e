using System.Numerics.Tensors;
using CsCheck;

namespace LstmSharp.Tests.Training;

public sealed class LossTests
{
    public static TheoryData<string> ValueLosses => ["mse", "mae", "huber", "huber 0.3", "bce"];

    [Theory]
    [MemberData(nameof(ValueLosses))]
    public void Evaluate_ValueTargets_AgreesWithNaiveFormulaAndItsCentralDifferences(string name)
    {
        Gen.Select(Gen.Int[1, 700], Gen.Int).Sample((count, seed) =>
        {
            Random random = new(seed);
            float[] target = RandomValues.Uniform(random, count, 1);
            float[] prediction = Array.ConvertAll(target, t => t + AwayFromKinks(random));
            if (name == "bce")
            {
                target = Array.ConvertAll(target, Math.Abs);
            }

            float[] gradient = new float[count];
            float loss = LossOf(name).Evaluate(prediction, target, gradient);

            ReadOnlySpan<float> value = [loss];
            value.ShouldBeCloseTo([NaiveLoss.Mean(name, RandomValues.ToDoubles(prediction), target)], 1e-6, "the loss");
            int n = random.Next(count);
            double slope = CentralDifference(RandomValues.ToDoubles(prediction), n, at => NaiveLoss.Mean(name, at, target));
            Math.Abs(gradient[n] - slope).Should().BeLessThan(1e-6 / count);
        }, iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.2f)]
    [InlineData(0.999f)]
    public void Evaluate_ClassTargets_AgreesWithNaiveFormulaAndItsCentralDifferences(float labelSmoothing)
    {
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 600], Gen.Int).Sample((rows, classes, seed) =>
        {
            Random random = new(seed);
            float[] prediction = RandomValues.Uniform(random, rows * classes, 4);
            int[] target = new int[rows];
            for (int row = 0; row < rows; row++)
            {
                target[row] = row > 0 && random.Next(4) == 0 ? Loss.IgnoredTarget : random.Next(classes);
            }

            float[] gradient = new float[prediction.Length];
            float loss = Loss.SmoothedCrossEntropy(labelSmoothing).Evaluate(prediction, target, gradient);

            ReadOnlySpan<float> value = [loss];
            value.ShouldBeCloseTo([NaiveLoss.CrossEntropy(RandomValues.ToDoubles(prediction), target, labelSmoothing)], 1e-6, "the loss");
            int n = random.Next(prediction.Length);
            double slope = CentralDifference(
                RandomValues.ToDoubles(prediction), n, at => NaiveLoss.CrossEntropy(at, target, labelSmoothing));
            Math.Abs(gradient[n] - slope).Should().BeLessThan(1e-6);
        }, iter: 60, threads: 1);
    }

    [Theory]
    [MemberData(nameof(ValueLosses))]
    public void Evaluate_WithoutGradient_GivesTheSameBits(string name)
    {
        Random random = new(3);
        float[] prediction = RandomValues.Uniform(random, 301, 3), gradient = new float[301];
        float[] target = Array.ConvertAll(RandomValues.Uniform(random, 301, 1), MathF.Abs);

        LossOf(name).Evaluate(prediction, target).Should().Be(LossOf(name).Evaluate(prediction, target, gradient));
    }

    [Fact]
    public void Evaluate_CrossEntropyWithoutGradient_GivesTheSameBits()
    {
        float[] prediction = RandomValues.Uniform(new Random(4), 900, 3), gradient = new float[900];

        Loss.CrossEntropy.Evaluate(prediction, [7, 299, 0]).Should().Be(Loss.CrossEntropy.Evaluate(prediction, [7, 299, 0], gradient));
    }

    [Theory]
    [InlineData(1e4f, 1f, 0f, 0f)]
    [InlineData(1e4f, 0f, 1e4f, 1f)]
    [InlineData(-1e4f, 1f, 1e4f, -1f)]
    [InlineData(-1e4f, 0f, 0f, 0f)]
    [InlineData(0f, 0.5f, 0.6931472f, 0f)]
    public void Evaluate_BinaryCrossEntropyOfHugeLogits_NeitherOverflowsNorCancels(float logit, float target, float loss, float slope)
    {
        float[] gradient = new float[1];

        Loss.BinaryCrossEntropyWithLogits.Evaluate([logit], [target], gradient).Should().Be(loss);

        gradient[0].Should().Be(slope);
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(2f)]
    [InlineData(1.0000001f)]
    public void BinaryCrossEntropy_NoProbability_IsRefusedByTheLossAndBeforeTraining(float target)
    {
        Loss.BinaryCrossEntropyWithLogits.Invoking(loss => loss.Evaluate([1, 1], [0.5f, target])).Should().Throw<ArgumentException>()
            .WithParameterName(nameof(target)).WithMessage("BinaryCrossEntropyWithLogits: target must hold probabilities from 0 to 1, but its value 1 is *");
        SequenceModel model = SequenceModel.Create(1).Lstm(2).Dense(2).Build(seed: 1);
        float[] before = [.. model.Parameters[0].Values];
        var data = new SequenceDataset(
            Tensor.CreateFromShape<float>([2, 3, 1]), Tensor.Create([0, 1, 0, 1, 0, 1, 0, 1, 0, target, 0, 1], [2, 3, 2]));
        TrainingOptions options = new()
        {
            Loss = Loss.BinaryCrossEntropyWithLogits,
            Optimizer = new Sgd(learningRate: 1),
            Epochs = 1,
            BatchSize = 1,
        };

        model.Invoking(m => m.Fit(data, options))
            .Should().Throw<ArgumentException>().WithParameterName("training")
            .WithMessage("Fit: training must have targets from 0 to 1 for the loss BinaryCrossEntropyWithLogits, but * at step 1 of sample 1.*");

        model.Parameters[0].Values.ToArray().Should().Equal(before);
    }

    [Fact]
    public void Evaluate_CrossEntropyOfHugeLogits_NeitherOverflowsNorCancels()
    {
        float[] gradient = new float[6];

        float loss = Loss.CrossEntropy.Evaluate([1e4f, -1e4f, 0, -1e4f, 1e4f, 0], [0, 0], gradient);

        loss.Should().Be(1e4f);
        gradient.Should().Equal(0, 0, 0, -0.5f, 0.5f, 0);
    }

    [Fact]
    public void Evaluate_EveryTargetIgnored_IsZeroAndHasNoGradient()
    {
        float[] gradient = [1, 2, 3, 4];

        Loss.CrossEntropy.Evaluate([1, 2, 3, 4], [Loss.IgnoredTarget, Loss.IgnoredTarget], gradient).Should().Be(0);

        gradient.Should().Equal(0, 0, 0, 0);
    }

    [Fact]
    public void Evaluate_CrossEntropy_DoesNotChangeWhenAllLogitsShift()
    {
        float[] gradient = new float[3], shifted = new float[3];

        float loss = Loss.CrossEntropy.Evaluate([0.5f, -1, 2], [1], gradient);

        Loss.CrossEntropy.Evaluate([64.5f, 63, 66], [1], shifted).Should().Be(loss);
        shifted.Should().Equal(gradient);
    }

    [Fact]
    public void Evaluate_Empty_IsZero()
    {
        Loss.MeanSquaredError.Evaluate([], [], []).Should().Be(0);
        Loss.CrossEntropy.Evaluate([], [], []).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(ValueLosses))]
    public void Evaluate_NaN_IsNaN(string name)
    {
        float[] gradient = new float[2];

        LossOf(name).Evaluate([1, float.NaN], [0, 0], gradient).Should().Be(float.NaN);

        gradient[0].Should().NotBe(float.NaN);
        gradient[1].Should().Be(float.NaN);
    }

    [Fact]
    public void Evaluate_CrossEntropyOfNaN_IsNaN()
    {
        float[] gradient = new float[4];

        Loss.CrossEntropy.Evaluate([1, 2, float.NaN, 1], [0, 1], gradient).Should().Be(float.NaN);

        gradient[0].Should().NotBe(float.NaN);
        gradient[2..].Should().Equal(float.NaN, float.NaN);
    }

    [Fact]
    public void Evaluate_AbsoluteErrorOfHit_HasZeroGradient()
    {
        float[] gradient = new float[3];

        Loss.MeanAbsoluteError.Evaluate([1, 3, 1], [1, 1, 2], gradient).Should().Be(1);

        gradient.Should().Equal(0, 1 / 3f, -1 / 3f);
    }

    [Fact]
    public void Evaluate_Warm_AllocatesNothing()
    {
        float[] prediction = RandomValues.Uniform(new Random(1), 1000, 3), gradient = new float[1000];
        float[] target = Array.ConvertAll(RandomValues.Uniform(new Random(2), 1000, 1), MathF.Abs);
        int[] classes = new int[100];

        long Run()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (string name in ValueLossNames)
            {
                LossOf(name).Evaluate(prediction, target, gradient);
            }

            Loss.CrossEntropy.Evaluate(prediction, classes, gradient);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Run();
        Run().Should().Be(0);
    }

    [Fact]
    public void Evaluate_WrongSizes_SaysWhoWhatExpectedActual()
    {
        Action target = () => Loss.MeanSquaredError.Evaluate(new float[3], new float[2], []);
        Action gradient = () => Loss.Huber(0.5f).Evaluate(new float[3], new float[3], new float[2]);
        Action classes = () => Loss.CrossEntropy.Evaluate(new float[7], new int[3], []);
        Action range = () => Loss.CrossEntropy.Evaluate(new float[6], [0, 1, 2], []);
        Action negative = () => Loss.SmoothedCrossEntropy(0.5f).Evaluate(new float[6], [0, -1, 1], []);
        Action none = () => Loss.CrossEntropy.Evaluate(new float[6], [], []);

        target.Should().Throw<ArgumentException>()
            .WithMessage("MeanSquaredError: target must hold 3 values (as many as prediction), but holds 2. (Parameter 'target')");
        gradient.Should().Throw<ArgumentException>().WithMessage(
            "Huber(delta 0.5): gradient must hold 3 values (as many as prediction) or none, but holds 2. (Parameter 'gradient')");
        classes.Should().Throw<ArgumentException>().WithMessage(
            "CrossEntropy: prediction must hold a whole number of classes for each of 3 targets, but holds 7 values. " +
            "(Parameter 'prediction')");
        range.Should().Throw<ArgumentException>().WithMessage(
            "CrossEntropy: target must hold classes from 0 to 1 (or -100 to ignore), but row 2 holds 2. (Parameter 'target')");
        negative.Should().Throw<ArgumentException>().WithMessage("SmoothedCrossEntropy(labelSmoothing 0.5): *row 1 holds -1*");
        none.Should().Throw<ArgumentException>().WithMessage("*each of 0 targets*");
    }

    [Fact]
    public void Evaluate_GradientOverlapsInput_Throws()
    {
        float[] values = new float[4];
        Action prediction = () => Loss.MeanSquaredError.Evaluate(values, new float[4], values);
        Action target = () => Loss.MeanSquaredError.Evaluate(new float[3], values.AsSpan(1), values.AsSpan(0, 3));

        prediction.Should().Throw<ArgumentException>().WithMessage("*must not overlap*").WithParameterName("gradient");
        target.Should().Throw<ArgumentException>().WithMessage("*must not overlap*").WithParameterName("gradient");
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Huber_DeltaNotPositive_Throws(float delta) =>
        FluentActions.Invoking(() => Loss.Huber(delta)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(delta));

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1f)]
    [InlineData(float.NaN)]
    public void SmoothedCrossEntropy_SmoothingOutOfRange_Throws(float labelSmoothing) =>
        FluentActions.Invoking(() => Loss.SmoothedCrossEntropy(labelSmoothing))
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(labelSmoothing));

    private static readonly Loss<float> Huber = Loss.Huber();
    private static readonly Loss<float> NarrowHuber = Loss.Huber(0.3f);
    private static readonly string[] ValueLossNames = ["mse", "mae", "huber", "huber 0.3", "bce"];

    internal static Loss<float> LossOf(string name) => name switch
    {
        "mse" => Loss.MeanSquaredError,
        "mae" => Loss.MeanAbsoluteError,
        "huber" => Huber,
        "huber 0.3" => NarrowHuber,
        _ => Loss.BinaryCrossEntropyWithLogits,
    };

    internal static double CentralDifference(double[] at, int n, Func<double[], double> function)
    {
        const double Step = 1e-4;
        double[] above = [.. at], below = [.. at];
        above[n] += Step;
        below[n] -= Step;
        return (function(above) - function(below)) / (2 * Step);
    }

    /// <summary>A difference at which every loss here is smooth: not near 0, 0.3 or 1.</summary>
    private static float AwayFromKinks(Random random)
    {
        float size = (random.Next(4) switch { 0 => 0.05f, 1 => 0.35f, 2 => 1.05f, _ => 4f }) + (random.NextSingle() * 0.2f);
        return random.Next(2) == 0 ? size : -size;
    }
}
