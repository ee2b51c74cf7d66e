using System.Globalization;

namespace LstmSharp;

/// <summary>The levels of quantiles, for the loss and the metric.</summary>
internal static class QuantileLevels
{
    /// <returns>A copy of the levels.</returns>
    /// <exception cref="ArgumentException">There is no level, one is not above 0 and below 1, or they do not ascend.</exception>
    public static float[] Checked(string who, ReadOnlySpan<float> levels)
    {
        if (levels.IsEmpty)
        {
            throw new ArgumentException($"{who}: levels must hold at least one, such as 0.5 for the median, but hold none.", nameof(levels));
        }

        for (int n = 0; n < levels.Length; n++)
        {
            if (!(levels[n] > 0 && levels[n] < 1) || (n > 0 && levels[n] <= levels[n - 1]))
            {
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"{who}: levels must be above 0 and below 1 (0.9, not 90) and ascend, but level {n} is {levels[n]}."),
                    nameof(levels));
            }
        }

        return levels.ToArray();
    }

    public static string Text(float[] levels) => string.Join(", ", levels.Select(level => level.ToString(CultureInfo.InvariantCulture)));
}
