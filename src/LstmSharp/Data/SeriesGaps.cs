using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Where the rows of a series do not follow each other: a row is missing, or the time leaps. No window may cross such a place.</summary>
/// <remarks>A series whose gaps were closed by dropping rows looks like one without, and windows across the seam teach what never
/// happened. So keep the time of every row (<see cref="FromTimes"/>), or keep a row for every time and NaN where there was no
/// measurement (<see cref="FromMissingValues"/>), and hand the gaps to <see cref="SlidingWindows.Cut"/>. It cannot be changed once made, so
/// any number of threads may share it.</remarks>
public sealed class SeriesGaps
{
    private const string Owner = nameof(SeriesGaps);
    private readonly Range[] _runs;

    private SeriesGaps(int rows, List<Range> runs)
    {
        Rows = rows;
        _runs = [.. runs];
    }

    /// <summary>The number of rows of the series.</summary>
    public int Rows { get; }

    /// <summary>The longest runs of rows that follow each other, in the order of time; rows that are missing lie in none.</summary>
    public ReadOnlySpan<Range> Runs => _runs;

    /// <summary>Finds the leaps of time.</summary>
    /// <param name="times">The time of each row. UTC, or summer time makes a leap and a repetition every year.</param>
    /// <param name="longestStep">The longest time from one row to the next that is no gap, over 0: an hour for hourly data, three days for
    /// the trading days of one week after another.</param>
    /// <exception cref="ArgumentOutOfRangeException">The longest step is not over 0.</exception>
    /// <exception cref="ArgumentException">A time is not after the one before.</exception>
    public static SeriesGaps FromTimes(ReadOnlySpan<DateTime> times, TimeSpan longestStep)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(longestStep, TimeSpan.Zero);
        List<Range> runs = [];
        int start = 0;
        for (int row = 1; row < times.Length; row++)
        {
            if (times[row] <= times[row - 1])
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"{Owner}: times must rise from row to row, but row {row} has {times[row]:yyyy-MM-dd HH:mm:ss} ")
                    + FormattableString.Invariant($"after {times[row - 1]:yyyy-MM-dd HH:mm:ss}; sort the rows, drop repeated ones, and use UTC, ")
                    + "as an hour comes twice where summer time ends.",
                    nameof(times));
            }

            if (times[row] - times[row - 1] > longestStep)
            {
                runs.Add(start..row);
                start = row;
            }
        }

        if (!times.IsEmpty)
        {
            runs.Add(start..times.Length);
        }

        return new SeriesGaps(times.Length, runs);
    }

    /// <summary>Takes rows that are marked as missing for gaps.</summary>
    /// <param name="isMissing">For each row whether it is missing; what it holds is then not read.</param>
    public static SeriesGaps FromMissingRows(ReadOnlySpan<bool> isMissing)
    {
        List<Range> runs = [];
        int start = 0;
        for (int row = 0; row <= isMissing.Length; row++)
        {
            if (row < isMissing.Length && !isMissing[row])
            {
                continue;
            }

            if (start < row)
            {
                runs.Add(start..row);
            }

            start = row + 1;
        }

        return new SeriesGaps(isMissing.Length, runs);
    }

    /// <summary>Takes rows that hold NaN for gaps.</summary>
    /// <param name="series">The values, shape [time, features].</param>
    /// <param name="columns">The columns that a row must have: those that the windows use; all where none are given.</param>
    /// <exception cref="ArgumentException">The series has the wrong shape, is too large for an array, or lacks a column.</exception>
    public static SeriesGaps FromMissingValues(Tensor<float> series, params ReadOnlySpan<int> columns)
    {
        var source = new Series(series, Owner);
        source.ThrowIfOutside(columns, nameof(columns));
        int[] needed = columns.IsEmpty ? [.. Enumerable.Range(0, source.Columns)] : columns.ToArray();
        bool[] isMissing = new bool[source.Rows];
        for (int row = 0; row < isMissing.Length; row++)
        {
            foreach (int column in needed)
            {
                isMissing[row] |= float.IsNaN(source[row, column]);
            }
        }

        return FromMissingRows(isMissing);
    }

    /// <summary>Joins the gaps of two views of one series, such as leaps of time and missing values.</summary>
    /// <param name="other">Gaps of as many rows.</param>
    /// <exception cref="ArgumentException">The numbers of rows differ.</exception>
    public SeriesGaps And(SeriesGaps other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Rows != Rows)
        {
            throw new ArgumentException($"{this}: other must be of {Rows} rows, but is {other}.", nameof(other));
        }

        List<Range> runs = [];
        for (int mine = 0, theirs = 0; mine < _runs.Length && theirs < other._runs.Length;)
        {
            Range first = _runs[mine], second = other._runs[theirs];
            int start = Math.Max(first.Start.Value, second.Start.Value), end = Math.Min(first.End.Value, second.End.Value);
            if (start < end)
            {
                runs.Add(start..end);
            }

            mine += first.End.Value == end ? 1 : 0;
            theirs += second.End.Value == end ? 1 : 0;
        }

        return new SeriesGaps(Rows, runs);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Owner}({Rows} rows in {_runs.Length} runs)";
}
