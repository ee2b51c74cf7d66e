namespace LstmSharp.Tests;

/// <summary>The one way in which tests compare floating-point values, scaled to their magnitude.</summary>
internal static class Tolerance
{
    /// <summary>The largest |actual − expected| as a share of the largest |expected| (or of 1 where that is 0); infinite where
    /// one of the two is NaN and the other is not a number of the same kind.</summary>
    public static double WorstError(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        actual.Length.Should().Be(expected.Length);
        double scale = 0, worst = 0;
        for (int n = 0; n < expected.Length; n++)
        {
            double error = Math.Abs(actual[n] - expected[n]);
            if (!double.IsFinite(error))
            {
                return double.PositiveInfinity;
            }

            scale = Math.Max(scale, Math.Abs(expected[n]));
            worst = Math.Max(worst, error);
        }

        return scale == 0 ? worst : worst / scale;
    }

    /// <inheritdoc cref="WorstError(ReadOnlySpan{float}, ReadOnlySpan{double})"/>
    public static double WorstError(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected) =>
        WorstError(actual, RandomValues.ToDoubles(expected));

    /// <summary>Demands an error of at most so large a share of the largest value.</summary>
    public static void ShouldBeCloseTo(this ReadOnlySpan<float> actual, ReadOnlySpan<double> expected, double relative, string what) =>
        WorstError(actual, expected).Should().BeLessThanOrEqualTo(relative, "{0} must agree with its oracle", what);

    /// <inheritdoc cref="ShouldBeCloseTo(ReadOnlySpan{float}, ReadOnlySpan{double}, double, string)"/>
    public static void ShouldBeCloseTo(this ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double relative, string what) =>
        ShouldBeCloseTo(actual, RandomValues.ToDoubles(expected), relative, what);

    /// <summary>Demands |actual − expected| ≤ absolute + relative · |expected| of every value.</summary>
    public static void ShouldBeWithin(
        this float[] actual, double[] expected, double absolute, double relative, string what)
    {
        actual.Length.Should().Be(expected.Length);
        double worst = 0;
        for (int n = 0; n < expected.Length; n++)
        {
            double error = Math.Abs(actual[n] - expected[n]) / (absolute + (relative * Math.Abs(expected[n])));
            worst = double.IsFinite(error) ? Math.Max(worst, error) : double.PositiveInfinity;
        }

        worst.Should().BeLessThanOrEqualTo(1, "{0} must agree with its oracle (1 = all of what is allowed)", what);
    }
}
