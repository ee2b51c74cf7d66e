using CsCheck;

namespace LstmSharp.Tests.Training.Metrics;

public sealed class ValueMetricTests
{
    private static readonly float[] Prediction = [1, 2, 3, -4];
    private static readonly float[] Target = [1, 4, 0, -5];

    [Fact]
    public void BinaryAccuracy_NaN_IsOnNoSide()
    {
        BinaryAccuracy metric = new();

        metric.Add([float.NaN, float.NaN, 0, 1], [0, 1, 0.5f, 0.6f]);

        (metric.Value, metric.Count).Should().Be((2 / 4.0, 4));
    }

    [Fact]
    public void Value_OfFourValues_IsAsWorkedOutByHand()
    {
        ValueOf(new MeanAbsoluteError()).Should().Be((0 + 2 + 3 + 1) / 4.0);
        ValueOf(new RootMeanSquaredError()).Should().Be(Math.Sqrt((0 + 4 + 9 + 1) / 4.0));
        ValueOf(new MeanAbsolutePercentageError()).Should().BeApproximately(100 * (0 + 0.5 + 0.2) / 3, 1e-12);
    }

    [Fact]
    public void MeanAbsolutePercentageError_ZeroTargets_AreLeftOutAndCounted()
    {
        MeanAbsolutePercentageError metric = new();
        metric.Add([1, 2, 3], [0, -0f, 2]);

        (metric.Value, metric.Count, metric.ZeroTargets).Should().Be((50, 1, 2));
        metric.Reset();
        (metric.Count, metric.ZeroTargets).Should().Be((0, 0));
        metric.Add([1], [0]);
        metric.Value.Should().Be(double.NaN);
    }

    [Theory]
    [InlineData(0.1f, 1, 1)]
    [InlineData(0.1f, 0, 0)]
    [InlineData(-0.1f, 0, 1)]
    [InlineData(0, 0.4f, 1)]
    [InlineData(0, 0.6f, 0)]
    [InlineData(float.NaN, 1, 0)]
    public void BinaryAccuracy_OneLogit_ComparesTheSides(float logit, float target, double expected)
    {
        BinaryAccuracy metric = new();
        metric.Add([logit], [target]);
        metric.Value.Should().Be(expected);
    }

    [Fact]
    public void Add_InAnyParts_GivesTheBitsOfOneAdd() =>
        Gen.Select(Gen.Float[-9, 9].Array[40], Gen.Float[-9, 9].Array[40], Gen.Int[0, 40]).Sample((prediction, target, cut) =>
        {
            foreach (Func<ValueMetric> create in new Func<ValueMetric>[]
                { () => new MeanAbsoluteError(), () => new RootMeanSquaredError(), () => new MeanAbsolutePercentageError() })
            {
                ValueMetric whole = create(), parts = create();
                whole.Add(prediction, target);
                parts.Add(prediction.AsSpan(0, cut), target.AsSpan(0, cut));
                parts.Add(prediction.AsSpan(cut), target.AsSpan(cut));
                parts.Value.Should().Be(whole.Value);
            }
        });

    [Fact]
    public void Value_OfNothing_IsNaN()
    {
        MeanAbsoluteError metric = new();
        metric.Add([], []);
        metric.Value.Should().Be(double.NaN);
        metric.ToString().Should().Be("MeanAbsoluteError NaN");
    }

    [Fact]
    public void Add_LengthsDiffer_ThrowsAndAddsNothing()
    {
        MeanAbsoluteError metric = new();
        metric.Invoking(m => m.Add([1, 2], [1])).Should().Throw<ArgumentException>()
            .WithMessage("MeanAbsoluteError: target must hold 2 values (as many as prediction), but holds 1.*").WithParameterName("target");
        metric.Count.Should().Be(0);
    }

    private static double ValueOf(ValueMetric metric)
    {
        metric.Add(Prediction, Target);
        return metric.Value;
    }
}
