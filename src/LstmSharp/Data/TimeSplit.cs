namespace LstmSharp;

/// <summary>Cuts a series' rows into a training part, then a validation part, then a test part, in the order of time.</summary>
/// <remarks>A scaler fitted on <see cref="Train"/> and <see cref="SlidingWindows"/> cut from each part leak nothing from the future:
/// a part's windows have all their targets inside that part, and look back only.</remarks>
public sealed class TimeSplit
{
    private TimeSplit(int trainEnd, int validationEnd, int rows)
    {
        Train = ..trainEnd;
        Validation = trainEnd..validationEnd;
        Test = validationEnd..rows;
    }

    /// <summary>The first rows, to learn from.</summary>
    public Range Train { get; }

    /// <summary>The rows after the training part, to choose a model or stop early by; may be empty.</summary>
    public Range Validation { get; }

    /// <summary>The last rows, to judge by; may be empty.</summary>
    public Range Test { get; }

    /// <summary>Splits by shares of the rows; what the first two parts leave is the test part.</summary>
    /// <param name="rows">The number of rows (time steps) of the series.</param>
    /// <param name="train">The training part's share, such as 0.7: over 0, at most 1.</param>
    /// <param name="validation">The validation part's share, such as 0.1: at least 0, together with the first at most 1.</param>
    /// <returns>The parts; each ends at its share of the rows, rounded down to a whole row.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static TimeSplit ByFractions(int rows, double train, double validation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (!(train is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(train), train, "TimeSplit: train must be over 0 and at most 1.");
        }

        const double sumTolerance = 1e-12;
        if (!(validation >= 0 && train + validation <= 1 + sumTolerance))
        {
            throw new ArgumentOutOfRangeException(
                nameof(validation),
                validation,
                FormattableString.Invariant($"TimeSplit: validation must be at least 0, and at most 1 together with train ({train})."));
        }

        return new TimeSplit(RowAt(rows, train), RowAt(rows, train + validation), rows);
    }

    /// <inheritdoc/>
    public override string ToString() => $"TimeSplit(train {Train}, validation {Validation}, test {Test})";

    /// <summary>Rounds down, but takes 7.9999999 for 8, since 0.7 + 0.1 is a little less than 0.8 in binary.</summary>
    private static int RowAt(int rows, double fraction)
    {
        const double rowTolerance = 1e-6;
        return Math.Min(rows, (int)((rows * fraction) + rowTolerance));
    }
}
