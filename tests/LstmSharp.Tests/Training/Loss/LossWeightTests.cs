using System.Numerics.Tensors;

namespace LstmSharp.Tests.Training;

/// <summary>Weighted means: Σ w·l / Σ w over everything, however it is cut into batches.</summary>
public sealed class LossWeightTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(16)]
    public void FitAndEvaluate_WeightsOfALossOfOnesOwn_GiveTheMeanOfAllForAnyBatchSize(int batchSize)
    {
        SequenceDataset data = TrainingScene.Line(11, slope: 2);
        SequenceModel model = TrainingScene.LineModel();
        double sum = 0, weight = 0;
        foreach (float t in data.Targets)
        {
            sum += (double)t * t * t;
            weight += t;
        }

        float expected = (float)(sum / weight);
        EpochSummary epoch = model.Fit(data, new TrainingOptions
        {
            Loss = new TargetWeightedSquares(),
            Optimizer = new Sgd(0),
            Epochs = 1,
            BatchSize = batchSize,
            Validation = data,
        }).History[0];

        epoch.TrainingLoss.Should().BeApproximately(expected, 1e-7f * expected);
        epoch.ValidationLoss.Should().BeApproximately(expected, 1e-7f * expected);
        model.Evaluate(data, new TargetWeightedSquares(), batchSize: batchSize).Loss.Should().BeApproximately(expected, 1e-7f * expected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public void Evaluate_ClassWeights_GiveTheMeanOfAllForAnyBatchSize(int batchSize)
    {
        SequenceDataset data = TrainingScene.Signs(13, 3);
        SequenceModel model = SequenceModel.Create(1).Lstm(3).Dense(2).Build(seed: 4);
        var loss = Loss.WeightedCrossEntropy(0.25f, 7);
        float whole = loss.Evaluate([.. model.Predict(data.Inputs)], [.. data.Classes]);

        model.Evaluate(data, loss, batchSize: batchSize).Loss.Should().BeApproximately(whole, 1e-6f * whole);
    }

    [Fact]
    public void Evaluate_ClassWeights_AgreeWithTheirDefinitionAndCentralDifferences()
    {
        float[] logits = RandomValues.Uniform(new Random(2), 7 * 3, 3), gradient = new float[21];
        int[] target = [0, 1, 2, Loss.IgnoredTarget, 2, 1, 1];
        double[] weights = [0.5, 0, 3];
        double Mean(double[] x)
        {
            double sum = 0, weight = 0;
            for (int row = 0; row < target.Length; row++)
            {
                if (target[row] >= 0)
                {
                    double w = weights[target[row]];
                    sum += w * NaiveLoss.CrossEntropy(x[(row * 3)..((row * 3) + 3)], [target[row]], 0);
                    weight += w;
                }
            }

            return sum / weight;
        }

        float loss = Loss.WeightedCrossEntropy(0.5f, 0, 3).Evaluate(logits, target, gradient);

        loss.Should().BeApproximately((float)Mean(RandomValues.ToDoubles(logits)), 1e-6f);
        ShouldBeTheSlopesOf(Mean, logits, gradient);
    }

    [Theory]
    [MemberData(nameof(LossTests.ValueLosses), MemberType = typeof(LossTests))]
    public void Sum_RowWeights_AgreeWithTheirDefinitionAndCentralDifferences(string name)
    {
        float[] prediction = RandomValues.Uniform(new Random(5), 18, 3), gradient = new float[18];
        float[] target = Array.ConvertAll(RandomValues.Uniform(new Random(6), 18, 1), MathF.Abs);
        float[] weights = [1, 1, 0, 2.5f, 0, 0.125f];
        double Sum(double[] x) => weights.Select((w, row) =>
            w * 3 * NaiveLoss.Mean(name, x[(row * 3)..((row * 3) + 3)], target[(row * 3)..((row * 3) + 3)])).Sum();
        Loss<float> loss = LossTests.LossOf(name);

        double sum = loss.Sum(prediction, target, gradient, 4, weights);

        sum.Should().BeApproximately(Sum(RandomValues.ToDoubles(prediction)), 1e-6);
        loss.TotalWeight(target, weights).Should().Be(3 * 4.625);
        ShouldBeTheSlopesOf(x => Sum(x) / 4, prediction, gradient);
    }

    [Fact]
    public void Sum_RowOfWeightZero_IsNotLookedAt()
    {
        float[] gradient = [7, 7, 7];

        Loss.MeanSquaredError.Sum([1, float.NaN, 3], [0, 0, 0], gradient, 1, [1, 0, 0.5f]).Should().Be(5.5);

        gradient.Should().Equal(2, 0, 3);
    }

    [Fact]
    public void Sum_EqualBatchesWithOneDivisor_GiveTheGradientOfTheWhole()
    {
        float[] prediction = [1, -2, 3, 0.5f], target = [0, 1, 2, 3], whole = new float[4], parts = new float[4];
        Loss.Huber().Evaluate(prediction, target, whole);

        Loss.Huber().Sum(prediction.AsSpan(0, 2), target.AsSpan(0, 2), parts.AsSpan(0, 2), 4);
        Loss.Huber().Sum(prediction.AsSpan(2), target.AsSpan(2), parts.AsSpan(2), 4);

        parts.Should().Equal(whole);
    }

    [Fact]
    public void SummedOverOutputs_IsTheMeanOverStepsOfTheSums()
    {
        float[] logits = RandomValues.Uniform(new Random(8), 4 * 88, 3), gradient = new float[352], ofMean = new float[352];
        float[] target = [.. Enumerable.Range(0, 352).Select(n => (float)(n % 3 == 0 ? 1 : 0))];
        float mean = Loss.BinaryCrossEntropyWithLogits.Evaluate(logits, target, ofMean);

        Loss.SummedOverOutputs(Loss.BinaryCrossEntropyWithLogits, 88).Evaluate(logits, target, gradient)
            .Should().BeApproximately(88 * mean, 88e-7f * mean);

        ((ReadOnlySpan<float>)gradient).ShouldBeCloseTo([.. ofMean.Select(slope => 88.0 * slope)], 1e-6, "the gradient");
    }

    [Fact]
    public void SummedOverOutputs_WrongSizes_AreRefused()
    {
        Loss<float> loss = Loss.SummedOverOutputs(Loss.MeanSquaredError, 3);

        loss.Invoking(l => l.Evaluate([1, 2], [1, 2])).Should().Throw<ArgumentException>()
            .WithMessage("SummedOverOutputs(MeanSquaredError, 3): prediction must hold whole steps of 3 values, but holds 2 values.*");
        FluentActions.Invoking(() => Loss.SummedOverOutputs(null!, 1)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => Loss.SummedOverOutputs(loss, 0)).Should().Throw<ArgumentOutOfRangeException>();
        TrainingScene.LstmModel().Invoking(m => m.Evaluate(TrainingScene.Means(3), loss)).Should().Throw<ArgumentException>()
            .WithMessage("Evaluate: data must have 3 values a step for the loss SummedOverOutputs*");
    }

    [Fact]
    public void WeightedCrossEntropy_WrongWeights_AreRefused()
    {
        void Throws(float[] weights, string message) => FluentActions.Invoking(() => Loss.WeightedCrossEntropy(weights))
            .Should().Throw<ArgumentException>().WithMessage(message);

        Throws([1, -1], "*that of class 1 is -1.*");
        Throws([1, float.NaN], "*that of class 1 is NaN.*");
        Throws([0, 0], "*must hold one above 0, but holds none.*");
        Throws([], "*must hold one above 0, but holds none.*");
        Loss.WeightedCrossEntropy(1, 2).Invoking(l => l.Evaluate([1, 2, 3], [0])).Should().Throw<ArgumentException>()
            .WithMessage("WeightedCrossEntropy(1, 2): prediction must hold 2 classes for each target, one for each class weight, but holds 3.*");
        SequenceModel model = SequenceModel.Create(1).Lstm(3).Dense(2).Build();
        model.Invoking(m => m.Evaluate(TrainingScene.Signs(3, 2), Loss.WeightedCrossEntropy(1, 2, 3))).Should().Throw<ArgumentException>()
            .WithMessage("*as many classes as the loss WeightedCrossEntropy(1, 2, 3) has weights, 3,*");
    }

    [Theory]
    [InlineData(new float[] { 1, -1 }, "rowWeights")]
    [InlineData(new float[] { 1, float.PositiveInfinity }, "rowWeights")]
    [InlineData(new float[] { 1, 1, 1 }, "rowWeights")]
    public void Sum_WrongRowWeights_AreRefused(float[] weights, string name) =>
        FluentActions.Invoking(() => Loss.MeanSquaredError.Sum([1, 2, 3, 4], [0, 0, 0, 0], [], 1, weights))
            .Should().Throw<ArgumentException>().WithParameterName(name);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Sum_WrongDivisor_IsRefused(double divisor) =>
        FluentActions.Invoking(() => Loss.MeanSquaredError.Sum([1], [0], [], divisor))
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(divisor));

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Evaluate_LossOfOnesOwnThatWeighsWrong_IsNamed(double weight) =>
        new WrongWeight(weight).Invoking(loss => loss.Evaluate([1], [1])).Should().Throw<InvalidOperationException>()
            .WithMessage("*SumWeights must give a finite weight that is not negative, but gave *");

    [Fact]
    public void Evaluate_FiniteLossesBeyondFloat32_AreTheLargestFloat32()
    {
        const float Huge = float.MaxValue;
        float[] gradient = new float[2];

        Loss.CrossEntropy.Evaluate([Huge, -Huge], [1], gradient).Should().Be(Huge);
        gradient.Should().Equal(1, -1);
        Loss.CrossEntropy.Evaluate([Huge, -Huge], [0]).Should().Be(0);
        Loss.SmoothedCrossEntropy(0.5f).Evaluate([Huge, -Huge], [0]).Should().BeApproximately(Huge / 2, Huge * 1e-6f);
        Loss.MeanSquaredError.Evaluate([Huge], [-Huge]).Should().Be(Huge);
        Loss.MeanAbsoluteError.Evaluate([Huge], [-Huge]).Should().Be(Huge);
        Loss.Huber(1e30f).Evaluate([Huge], [-Huge]).Should().Be(Huge);
        Loss.BinaryCrossEntropyWithLogits.Evaluate([Huge], [0]).Should().Be(Huge);
        Loss.MeanSquaredError.Evaluate([float.PositiveInfinity], [0]).Should().Be(float.PositiveInfinity);
    }

    private static void ShouldBeTheSlopesOf(Func<double[], double> function, float[] at, float[] gradient)
    {
        for (int n = 0; n < at.Length; n++)
        {
            double slope = LossTests.CentralDifference(RandomValues.ToDoubles(at), n, function);
            Math.Abs(gradient[n] - slope).Should().BeLessThan(1e-6, "the gradient of value {0}", n);
        }
    }

    /// <summary>(p − t)², weighed by the target.</summary>
    private sealed class TargetWeightedSquares : Loss<float>
    {
        protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) =>
            target.Length.Should().Be(prediction.Length);

        protected override double SumWeights(ReadOnlySpan<float> target) => TensorPrimitives.Sum(target);

        protected override double ComputeSum(
            ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, double divisor)
        {
            double sum = 0;
            for (int n = 0; n < target.Length; n++)
            {
                double d = prediction[n] - target[n];
                sum += target[n] * d * d;
                if (!gradient.IsEmpty)
                {
                    gradient[n] = (float)(2 * target[n] * d / divisor);
                }
            }

            return sum;
        }
    }

    private sealed class WrongWeight(double weight) : Loss<float>
    {
        protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
        {
        }

        protected override double SumWeights(ReadOnlySpan<float> target) => weight;

        protected override double ComputeSum(
            ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, double divisor) => 0;
    }
}
