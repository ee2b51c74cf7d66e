using CsCheck;

namespace LstmSharp.Tests.Training;

public sealed class GradientClippingTests
{
    [Fact]
    public void ByGlobalNorm_AnySizes_ReturnsTheNormAndScalesToTheMaximum()
    {
        Gen.Select(Gen.Int[1, 80], Gen.Int[1, 80], Gen.Float[0.1f, 30], Gen.Int).Sample((first, second, maximum, seed) =>
        {
            ParameterSet gradients = SetOf(new float[first], new float[second]);
            Random random = new(seed);
            gradients[0].CopyFrom(RandomValues.Uniform(random, first));
            gradients[1].CopyFrom(Array.ConvertAll(RandomValues.Uniform(random, second), value => 10 * value));

            double[] before = Values(gradients);
            double norm = Math.Sqrt(before.Sum(g => g * g));

            ReadOnlySpan<float> actual = [GradientClipping.ByGlobalNorm(gradients, maximum)];

            actual.ShouldBeCloseTo([norm], 1e-7, "the norm");
            double scale = Math.Min(1, maximum / norm);
            float[] after = [.. Values(gradients).Select(g => (float)g)];
            ((ReadOnlySpan<float>)after).ShouldBeCloseTo([.. before.Select(g => g * scale)], 2e-5, "the clipped gradients");
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void ByGlobalNorm_BelowMaximum_ChangesNoBit()
    {
        ParameterSet gradients = SetOf([3, -4], [0.1f]);

        GradientClipping.ByGlobalNorm(gradients, 6).Should().BeApproximately(5.001f, 1e-5f);

        Values(gradients).Should().Equal(3, -4, 0.1f);
    }

    [Theory]
    [InlineData(3e38f, float.PositiveInfinity, 1f)]
    [InlineData(3e38f, float.PositiveInfinity, 1e-4f)]
    [InlineData(1e30f, 1.41421356e30f, 1e-12f)]
    [InlineData(1e-30f, 1.41421356e-30f, 1f)]
    public void ByGlobalNorm_HugeOrTinyValues_NeitherOverflowsNorVanishes(float value, float norm, float maximum)
    {
        ParameterSet gradients = SetOf([value], [-value]);

        GradientClipping.ByGlobalNorm(gradients, maximum).Should().Be(norm);

        float expected = Math.Min(value, maximum * (float)Math.Sqrt(0.5));
        gradients[0].Values[0].Should().BeApproximately(expected, 1e-6f * expected);
        gradients[1].Values[0].Should().BeApproximately(-expected, 1e-6f * expected);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void ByGlobalNorm_NotFinite_ReturnsItAndChangesNothing(float value)
    {
        ParameterSet gradients = SetOf([100, 1], [value]);

        float.IsFinite(GradientClipping.ByGlobalNorm(gradients, 1)).Should().BeFalse();

        Values(gradients).Should().Equal(100, 1, value);
    }

    [Fact]
    public void ByGlobalNorm_Zeros_StayZero()
    {
        ParameterSet gradients = SetOf(new float[3]);

        GradientClipping.ByGlobalNorm(gradients, 1).Should().Be(0);

        Values(gradients).Should().Equal(0, 0, 0);
    }

    [Fact]
    public void ByValue_Any_LimitsEveryValueAndKeepsNaN()
    {
        ParameterSet gradients = SetOf([3, -4, 0.5f], [float.NaN, float.NegativeInfinity, -0.5f]);

        GradientClipping.ByValue(gradients, 0.75f);

        Values(gradients).Should().Equal(0.75, -0.75, 0.5, double.NaN, -0.75, -0.5);
    }

    [Fact]
    public void ByGlobalNormAndByValue_Any_AllocateNothing()
    {
        ParameterSet gradients = SetOf(new float[100], new float[3]);
        gradients[0].Edit(values => values.Fill(2));

        long Run()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            GradientClipping.ByGlobalNorm(gradients, 1);
            GradientClipping.ByValue(gradients, 0.01f);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Run();
        Run().Should().Be(0);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void ByGlobalNormAndByValue_LimitNotPositive_Throw(float limit)
    {
        Action norm = () => GradientClipping.ByGlobalNorm(SetOf([1]), limit);
        Action value = () => GradientClipping.ByValue(SetOf([1]), limit);
        Action none = () => GradientClipping.ByValue(null!, 1);

        norm.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("maximumNorm");
        value.Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(limit));
        none.Should().Throw<ArgumentNullException>().WithParameterName("gradients");
    }

    private static ParameterSet SetOf(params float[][] tensors)
    {
        ParameterSet set = new([.. tensors.Select((values, n) => new Parameter($"{n}", values.Length))]);
        for (int n = 0; n < tensors.Length; n++)
        {
            set[n].CopyFrom(tensors[n]);
        }

        return set;
    }

    private static double[] Values(ParameterSet set) => [.. set.SelectMany(p => p.Values.ToArray()).Select(v => (double)v)];
}
