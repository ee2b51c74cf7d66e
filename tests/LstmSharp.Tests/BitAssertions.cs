using FluentAssertions.Execution;

namespace LstmSharp.Tests;

/// <summary>The one way in which tests demand equal bits: two zeros of different sign differ, and equal NaNs agree.</summary>
internal static class BitAssertions
{
    /// <summary>Demands that all values agree to the bit.</summary>
    /// <param name="actual">The values.</param>
    /// <param name="expected">What they must be.</param>
    /// <param name="because">Why, or where: as FluentAssertions takes it.</param>
    /// <param name="becauseArgs">What it names.</param>
    public static void ShouldHaveTheBitsOf(
        this ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, string because = "", params object[] becauseArgs)
    {
        actual.Length.Should().Be(expected.Length, because, becauseArgs);
        int differing = FirstDifference(actual, expected);
        if (differing >= 0)
        {
            Execute.Assertion.BecauseOf(because, becauseArgs).FailWith(
                "Expected value {0} of {1} to be {2}{reason}, but found {3}.",
                differing,
                actual.Length,
                Describe(expected[differing]),
                Describe(actual[differing]));
        }
    }

    /// <inheritdoc cref="ShouldHaveTheBitsOf(ReadOnlySpan{float}, ReadOnlySpan{float}, string, object[])"/>
    public static void ShouldHaveTheBitsOf(
        this float[] actual, ReadOnlySpan<float> expected, string because = "", params object[] becauseArgs) =>
        ShouldHaveTheBitsOf((ReadOnlySpan<float>)actual, expected, because, becauseArgs);

    /// <summary>Whether all values agree to the bit.</summary>
    public static bool HasTheBitsOf(this ReadOnlySpan<float> actual, ReadOnlySpan<float> expected) =>
        actual.Length == expected.Length && FirstDifference(actual, expected) < 0;

    private static int FirstDifference(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        for (int n = 0; n < actual.Length; n++)
        {
            if (BitConverter.SingleToInt32Bits(actual[n]) != BitConverter.SingleToInt32Bits(expected[n]))
            {
                return n;
            }
        }

        return -1;
    }

    private static string Describe(float value) =>
        FormattableString.Invariant($"{value:G9} (bits {BitConverter.SingleToInt32Bits(value):X8})");
}
