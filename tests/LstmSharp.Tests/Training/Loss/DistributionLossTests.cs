using System.Numerics.Tensors;
using CsCheck;

namespace LstmSharp.Tests.Training;

/// <summary>Quantiles, normal and Poisson distributions.</summary>
public sealed class DistributionLossTests
{
    private static readonly float[] Levels = [0.1f, 0.5f, 0.95f];

    public static TheoryData<string> Losses => ["quantile", "gaussian", "full gaussian", "poisson", "full poisson"];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Evaluate_AnyTargets_AgreesWithNaiveFormulaAndItsCentralDifferences(string name)
    {
        Loss<float> loss = LossOf(name);
        Gen.Select(Gen.Int[1, 300], Gen.Int).Sample((count, seed) =>
        {
            Random random = new(seed);
            float[] target = Targets(name, random, count);
            float[] prediction = RandomValues.Uniform(random, count * loss.OutputsPerTarget, 3), gradient = new float[prediction.Length];
            double[] at = RandomValues.ToDoubles(prediction);

            float actual = loss.Evaluate(prediction, target, gradient);

            ReadOnlySpan<float> value = [actual];
            value.ShouldBeCloseTo([Naive(name, at, target)], 1e-6, "the loss");
            int n = random.Next(prediction.Length);
            if (name != "quantile" || Math.Abs(target[n / 3] - prediction[n]) > 1e-3)
            {
                double slope = LossTests.CentralDifference(at, n, moved => Naive(name, moved, target));
                Math.Abs(gradient[n] - slope).Should().BeLessThan(1e-6 * Math.Max(1, Math.Abs(slope)));
            }

            loss.Evaluate(prediction, target).Should().Be(actual, "the gradient changes nothing");
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void Quantile_Hit_HasZeroGradientAndHalfIsHalfTheAbsoluteError()
    {
        float[] gradient = new float[3];

        Loss.Quantile(0.5f).Evaluate([1, 3, 1], [1, 1, 2], gradient).Should().Be(0.5f);

        gradient.Should().Equal(0, 0.5f / 3, -0.5f / 3);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Evaluate_NumbersOfAnySize_StaysFinite(string name)
    {
        Loss<float> loss = LossOf(name);
        float[] sizes = [0, 1e-30f, 1, 90, 700, 1e4f, float.MaxValue], gradient = new float[loss.OutputsPerTarget];
        foreach (float size in sizes)
        {
            foreach (float other in sizes)
            {
                foreach (float prediction in new[] { size, -size })
                {
                    float value = loss.Evaluate([.. Enumerable.Repeat(prediction, loss.OutputsPerTarget)], [other], gradient);

                    float.IsFinite(value).Should().BeTrue("{0} of {1} against {2} was {3}", loss, prediction, other, value);
                    gradient.Should().OnlyContain(slope => float.IsFinite(slope));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Evaluate_NaN_IsNaNInItsRowAlone(string name)
    {
        Loss<float> loss = LossOf(name);
        float[] prediction = new float[2 * loss.OutputsPerTarget], gradient = new float[prediction.Length];
        prediction[^1] = float.NaN;

        loss.Evaluate(prediction, [1, 1], gradient).Should().Be(float.NaN);

        gradient[^1].Should().Be(float.NaN);
        gradient[..loss.OutputsPerTarget].Should().NotContain(float.NaN);
    }

    [Fact]
    public void Sum_RowWeights_AreThoseOfTheRowsAlone()
    {
        Random random = new(1);
        Loss<float> loss = Loss.Quantile(Levels);
        float[] prediction = RandomValues.Uniform(random, 4 * 6), target = RandomValues.Uniform(random, 4 * 2), gradient = new float[24];

        double sum = loss.Sum(prediction, target, gradient, divisor: 1, [1, 0, 2, 0]);

        double first = loss.Sum(prediction.AsSpan(0, 6), target.AsSpan(0, 2), [], 1);
        double third = loss.Sum(prediction.AsSpan(12, 6), target.AsSpan(4, 2), [], 1);
        sum.Should().Be(first + (2 * third));
        loss.TotalWeight(target, [1, 0, 2, 0]).Should().Be(6);
        gradient[6..12].Concat(gradient[18..]).Should().OnlyContain(slope => slope == 0);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void SummedOverOutputs_OfSeveralOutputsATarget_IsTheMeanTimesTheTargetsOfAStep(string name)
    {
        Loss<float> loss = LossOf(name), summed = Loss.SummedOverOutputs(loss, 2 * loss.OutputsPerTarget);
        float[] prediction = RandomValues.Uniform(new Random(1), 6 * loss.OutputsPerTarget), target = Targets(name, new Random(2), 6);

        summed.Evaluate(prediction, target).Should().BeApproximately(2 * loss.Evaluate(prediction, target), 1e-5f);

        summed.OutputsPerTarget.Should().Be(loss.OutputsPerTarget);
        FluentActions.Invoking(() => Loss.SummedOverOutputs(Loss.GaussianNegativeLogLikelihood(), 3)).Should().Throw<ArgumentException>()
            .WithMessage("SummedOverOutputs: outputs must be a multiple of 2, *but is 3.*");
    }

    [Fact]
    public void Evaluate_TargetsDoNotFit_SaysWhoWhatExpectedActual()
    {
        Action quantile = () => Loss.Quantile(Levels).Evaluate(new float[6], new float[3]);
        Action gaussian = () => Loss.GaussianNegativeLogLikelihood(0.5f, full: true).Evaluate(new float[3], new float[1]);
        Action poisson = () => Loss.PoissonNegativeLogLikelihood().Evaluate(new float[3], [1, 0, -1]);

        quantile.Should().Throw<ArgumentException>()
            .WithMessage("Quantile(0.1, 0.5, 0.95): prediction must hold 3 values for each of 3 targets, but holds 6. (Parameter 'prediction')");
        gaussian.Should().Throw<ArgumentException>()
            .WithMessage("GaussianNegativeLogLikelihood(minimumScale 0.5, full): prediction must hold 2 values for each of 1 targets, but holds 3.*");
        poisson.Should().Throw<ArgumentException>()
            .WithMessage("PoissonNegativeLogLikelihood(): target must hold counts of 0 and above, but its value 2 is -1. (Parameter 'target')");
    }

    [Fact]
    public void Settings_OutOfRange_AreRefused()
    {
        foreach (float[] levels in new float[][] { [], [0], [1], [float.NaN], [0.5f, 0.5f], [0.9f, 0.1f], [90] })
        {
            FluentActions.Invoking(() => Loss.Quantile(levels)).Should().Throw<ArgumentException>()
                .WithParameterName("levels").WithMessage("Quantile: levels must *");
        }

        foreach (float scale in new[] { 0, -1, float.NaN, float.PositiveInfinity })
        {
            FluentActions.Invoking(() => Loss.GaussianNegativeLogLikelihood(scale))
                .Should().Throw<ArgumentOutOfRangeException>().WithParameterName("minimumScale");
            FluentActions.Invoking(() => Loss.GaussianScale(0, scale))
                .Should().Throw<ArgumentOutOfRangeException>().WithParameterName("minimumScale");
        }
    }

    /// <summary>Noise whose spread grows along x: the quantiles and the scale must follow it.</summary>
    [Fact]
    public void Fit_NoiseOfKnownSpread_LearnsItsQuantilesAndItsScale()
    {
        Random random = new(1);
        float[] inputs = RandomValues.Uniform(random, 2000), noise = RandomValues.Uniform(random, 2000);
        SequenceDataset data = TrainingScene.Steps(inputs, [.. inputs.Select((x, n) => x + noise[n])]);
        SequenceModel Trained(Loss loss, int outputs)
        {
            SequenceModel model = SequenceModel.Create(1).Dense(outputs).Build(seed: 1);
            model.Fit(data, new TrainingOptions { Loss = loss, Optimizer = new Adam(0.02f), Epochs = 30, BatchSize = 100 });
            return model;
        }

        SequenceModel quantiles = Trained(Loss.Quantile(0.1f, 0.9f), 2), normal = Trained(Loss.GaussianNegativeLogLikelihood(), 2);
        float[] ends = [.. quantiles.Predict(Tensor.Create(new float[1], [1, 1, 1]))];
        float[] parameters = [.. normal.Predict(Tensor.Create(new float[1], [1, 1, 1]))];

        ends[0].Should().BeApproximately(-0.8f, 0.06f);
        ends[1].Should().BeApproximately(0.8f, 0.06f);
        parameters[0].Should().BeApproximately(0, 0.06f);
        Loss.GaussianScale(parameters[1]).Should().BeApproximately(1 / MathF.Sqrt(3), 0.05f, "the deviation of what lies evenly from -1 to 1");
        IntervalCoverage coverage = new(outputsPerTarget: 2);
        quantiles.Evaluate(data, Loss.Quantile(0.1f, 0.9f), [coverage]);
        coverage.Value.Should().BeApproximately(0.8, 0.03);
    }

    [Fact]
    public void Fit_TargetsDoNotFitTheOutputs_SaysWhatAndChangesNothing()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(3).Build(seed: 1);
        float[] before = model.Weights();
        SequenceDataset data = TrainingScene.Line(4, slope: -1);
        Action With(Loss loss, SequenceModel trained) => () => trained.Fit(data, new TrainingOptions { Loss = loss, Optimizer = new Adam() });

        With(Loss.GaussianNegativeLogLikelihood(), model).Should().Throw<ArgumentException>().WithMessage(
            "Fit: training must have a TargetSize that is the model's OutputSize 3 over 2, as GaussianNegativeLogLikelihood(minimumScale 0.001) " +
            "takes 2 outputs for each target, but * has TargetSize 1.*");
        With(Loss.MeanSquaredError, model).Should().Throw<ArgumentException>().WithMessage("*TargetSize 3, the model's OutputSize*");
        With(Loss.PoissonNegativeLogLikelihood(), SequenceModel.Create(1).Dense(1).Build()).Should().Throw<ArgumentException>().WithMessage(
            "Fit: training must have targets of 0 and above for the loss PoissonNegativeLogLikelihood(), but * has -0.25 at step 0 of sample 0.*");
        model.Weights().Should().Equal(before);
    }

    [Fact]
    public void Evaluate_Warm_AllocatesNothing()
    {
        float[] prediction = RandomValues.Uniform(new Random(1), 600), gradient = new float[600];
        float[] target = Targets("poisson", new Random(2), 600);
        Loss<float>[] losses = [.. ((string[])["quantile", "gaussian", "full poisson"]).Select(LossOf)];
        long Run()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (Loss<float> loss in losses)
            {
                loss.Evaluate(prediction, target.AsSpan(0, 600 / loss.OutputsPerTarget), gradient);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Run();
        Run().Should().Be(0);
    }

    private static float[] Targets(string name, Random random, int count) => name.EndsWith("poisson", StringComparison.Ordinal)
        ? [.. Enumerable.Range(0, count).Select(_ => random.Next(9) / 2f)]
        : RandomValues.Uniform(random, count, 2);

    private static Loss<float> LossOf(string name) => name switch
    {
        "quantile" => Loss.Quantile(Levels),
        "gaussian" => Loss.GaussianNegativeLogLikelihood(),
        "full gaussian" => Loss.GaussianNegativeLogLikelihood(minimumScale: 0.5f, full: true),
        "poisson" => Loss.PoissonNegativeLogLikelihood(),
        _ => Loss.PoissonNegativeLogLikelihood(full: true),
    };

    private static double Naive(string name, double[] prediction, float[] target) => name switch
    {
        "quantile" => NaiveLoss.Quantile(prediction, target, Levels),
        "gaussian" => NaiveLoss.Gaussian(prediction, target, 1e-3f, full: false),
        "full gaussian" => NaiveLoss.Gaussian(prediction, target, 0.5f, full: true),
        _ => NaiveLoss.Poisson(prediction, target, full: name == "full poisson"),
    };
}
