using System.Globalization;

namespace LstmSharp;

/// <summary>Numbers as one text and back, to the bit.</summary>
internal static class StateText
{
    public static string Of(params ReadOnlySpan<double> values) =>
        string.Join(' ', values.ToArray().Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    /// <exception cref="FormatException">The text does not hold so many numbers, or one is not a number.</exception>
    public static double[] Read(string text, int count)
    {
        string[] parts = text.Split(' ');
        double[] values = new double[count];
        bool fits = parts.Length == count;
        for (int n = 0; fits && n < count; n++)
        {
            fits = double.TryParse(parts[n], NumberStyles.Float, CultureInfo.InvariantCulture, out values[n])
                && !double.IsNaN(values[n]);
        }

        return fits ? values : throw new FormatException($"The state must be {count} numbers, but is '{text}'.");
    }

    /// <summary>A number as a count.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static int Count(double value) => value is >= 0 and <= int.MaxValue && value == Math.Floor(value)
        ? (int)value
        : throw new FormatException(
            FormattableString.Invariant($"The state must hold a count from 0 to {int.MaxValue}, but holds {value}."));
}
