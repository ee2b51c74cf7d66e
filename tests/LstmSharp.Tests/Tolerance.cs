namespace LstmSharp.Tests;

/// <summary>The one way in which tests compare floating-point values: absolute error measured in units of the largest magnitude.</summary>
internal static class Tolerance
{
    /// <summary>The largest |actual − expected|, as a share of the largest |expected| (or of 1 where that is 0).</summary>
    public static double WorstError(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        actual.Length.Should().Be(expected.Length);
        double scale = 0, worst = 0;
        for (int n = 0; n < expected.Length; n++)
        {
            scale = Math.Max(scale, Math.Abs(expected[n]));
            double error = Math.Abs(actual[n] - expected[n]);
            worst = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(worst, error);
        }

        return scale == 0 ? worst : worst / scale;
    }

    /// <inheritdoc cref="WorstError(ReadOnlySpan{float}, ReadOnlySpan{double})"/>
    public static double WorstError(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected) =>
        WorstError(actual, Array.ConvertAll(expected.ToArray(), value => (double)value));

    public static void ShouldBeCloseTo(this ReadOnlySpan<float> actual, ReadOnlySpan<double> expected, double relative, string what) =>
        WorstError(actual, expected).Should().BeLessThanOrEqualTo(relative, "{0} must agree with its oracle", what);

    public static void ShouldBeCloseTo(this ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double relative, string what) =>
        WorstError(actual, expected).Should().BeLessThanOrEqualTo(relative, "{0} must agree with its oracle", what);
}
