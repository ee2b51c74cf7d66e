using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Cuts a multivariate series into windows: some past rows as input, the values of the next rows as targets.</summary>
/// <remarks>The window whose targets begin at row r has rows r − Length .. r − 1 as its input and rows r .. r + Horizon − 1 as its
/// targets. A window belongs to a part of the series when all its target rows lie inside that part; its inputs may look back into
/// earlier rows, which are the past by then. So no part's windows share a target row with another's. The rows of a window follow each
/// other in the series; where they do not do so in time, <see cref="SeriesGaps"/> says it, and no window crosses such a gap.</remarks>
public sealed class SlidingWindows
{
    private const string Owner = nameof(SlidingWindows);
    private const string Remedy =
        "fill it, or leave such rows where they are and skip the windows that touch them: gaps: SeriesGaps.FromMissingValues(series); a column that is no input leave out with inputColumns. "
        + "Do not drop the rows: windows would then join what does not follow each other.";

    private readonly int[] _inputColumns;
    private readonly int[] _targetColumns;

    /// <summary>Chooses the windows' form.</summary>
    /// <param name="length">The number of past rows a window shows, at least 1.</param>
    /// <param name="horizon">The number of rows ahead to forecast, at least 1.</param>
    /// <param name="targetColumns">The columns to forecast, at least one.</param>
    /// <param name="inputColumns">The columns a window shows, in this order; all of the series in its order where none are given.</param>
    /// <param name="stride">The number of rows from one window to the next, at least 1, which is the default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1, or a column is negative.</exception>
    /// <exception cref="ArgumentException">There is no target column.</exception>
    public SlidingWindows(
        int length, int horizon, ReadOnlySpan<int> targetColumns, ReadOnlySpan<int> inputColumns = default, int stride = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        if (targetColumns.IsEmpty)
        {
            throw new ArgumentException($"{Owner}: targetColumns must name at least one column, but is empty.", nameof(targetColumns));
        }

        ThrowIfNegative(targetColumns, nameof(targetColumns));
        ThrowIfNegative(inputColumns, nameof(inputColumns));
        Length = length;
        Horizon = horizon;
        Stride = stride;
        _targetColumns = targetColumns.ToArray();
        _inputColumns = inputColumns.ToArray();
    }

    /// <summary>The number of past rows a window shows.</summary>
    public int Length { get; }

    /// <summary>The number of rows ahead to forecast.</summary>
    public int Horizon { get; }

    /// <summary>The number of rows from one window to the next.</summary>
    public int Stride { get; }

    /// <summary>The columns to forecast.</summary>
    public ReadOnlySpan<int> TargetColumns => _targetColumns;

    /// <summary>The columns a window shows; empty where it shows all of the series.</summary>
    public ReadOnlySpan<int> InputColumns => _inputColumns;

    /// <summary>Cuts every window whose target rows all lie in one part of a series and whose rows cross no gap.</summary>
    /// <remarks>The windows are a view of the series, not a copy: leave it unchanged while they are in use. Only a tensor that is not dense
    /// is copied, once.</remarks>
    /// <param name="series">The values, shape [time, features], finite in the rows and columns that the windows use.</param>
    /// <param name="part">The rows that targets may come from, such as <see cref="TimeSplit.Train"/>, or <c>..</c> for all.</param>
    /// <param name="gaps">Where rows do not follow each other in time; null where all do.</param>
    /// <returns>Inputs of shape [Length, N, input columns] and targets of shape [1, N, Horizon × target columns], where step ahead k
    /// of target column j has the index k × target columns + j. N is 0 where the part is too short for a window.</returns>
    /// <exception cref="ArgumentException">The series has the wrong shape, is too large for an array, lacks a column, or holds NaN or
    /// infinity in a window, the gaps are of another number of rows, or a window's targets are more values than an array can hold.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The part leaves the series.</exception>
    public SequenceDataset Cut(Tensor<float> series, Range part, SeriesGaps? gaps = null)
    {
        var source = new Series(series, Owner);
        source.ThrowIfOutside(_targetColumns, "targetColumns");
        source.ThrowIfOutside(_inputColumns, "inputColumns");
        ThrowIfTooLarge((long)Horizon * _targetColumns.Length, nameof(series));
        int[] inputColumns = InputColumnsOf(source);
        int[] firstTargetRows = FirstTargetRows(source.Rows, part, gaps);
        int inputsEnd = 0, targetsEnd = 0;
        foreach (int row in firstTargetRows)
        {
            source.ThrowIfNotFinite(Math.Max(inputsEnd, row - Length), row, inputColumns, nameof(series), Remedy);
            source.ThrowIfNotFinite(Math.Max(targetsEnd, row), row + Horizon, _targetColumns, nameof(series), Remedy);
            (inputsEnd, targetsEnd) = (row, row + Horizon);
        }

        Tensor<float> dense = TensorValues.Dense(series);
        return new SequenceDataset(
            new WindowSource(dense, firstTargetRows, -Length, Length, inputColumns),
            new FlatSource<float>(new WindowSource(dense, firstTargetRows, 0, Horizon, _targetColumns)));
    }

    /// <summary>The last window of a series, whose targets are still to come: to forecast past the end of the data.</summary>
    /// <param name="series">The values, shape [time, features] with at least <see cref="Length"/> rows, finite in the last of them and
    /// in the columns that a window shows. The target columns are not read.</param>
    /// <param name="gaps">Where rows do not follow each other in time; null where all do.</param>
    /// <returns>The last <see cref="Length"/> rows, shape [Length, 1, input columns], whatever the stride: a copy.</returns>
    /// <exception cref="ArgumentException">The series has the wrong shape or fewer rows than a window, lacks an input column, or holds
    /// NaN or infinity there, the gaps are of another number of rows, or the window crosses one.</exception>
    public Tensor<float> Latest(Tensor<float> series, SeriesGaps? gaps = null)
    {
        var source = new Series(series, Owner);
        source.ThrowIfOutside(_inputColumns, "inputColumns");
        if (source.Rows < Length)
        {
            throw new ArgumentException(
                $"{Owner}: series must have at least {Length} rows, the length of a window, but has {source.Rows}.", nameof(series));
        }

        ReadOnlySpan<Range> runs = RunsOf(source.Rows, gaps);
        int together = runs.IsEmpty || runs[^1].End.Value < source.Rows ? 0 : source.Rows - runs[^1].Start.Value;
        if (together < Length)
        {
            throw new ArgumentException(
                $"{Owner}: the last {Length} rows of the series must follow each other without a gap, but only the last {together} do; "
                + "fill the gap, or wait for more rows.",
                nameof(gaps));
        }

        int[] inputColumns = InputColumnsOf(source);
        source.ThrowIfNotFinite(source.Rows - Length, source.Rows, inputColumns, nameof(series), "fill it.");
        ThrowIfTooLarge((long)Length * inputColumns.Length, nameof(series));
        return new WindowSource(TensorValues.Dense(series), [source.Rows], -Length, Length, inputColumns).ToTensor(Owner, "the window");
    }

    /// <summary>The row of each window's first target, in the order of <see cref="Cut"/>: to align forecasts with dates.</summary>
    /// <remarks>The first window is the first that fits; each other one is the first that fits at least <see cref="Stride"/> rows after
    /// the one before.</remarks>
    /// <param name="seriesLength">The number of rows (time steps) of the series.</param>
    /// <param name="part">The rows that targets may come from, as given to <see cref="Cut"/>.</param>
    /// <param name="gaps">Where rows do not follow each other in time, as given to <see cref="Cut"/>; null where all do.</param>
    /// <returns>One row for each window; step ahead k of window n forecasts row <c>result[n] + k</c>.</returns>
    /// <exception cref="ArgumentException">The gaps are of another number of rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or the part leaves the series.</exception>
    public int[] FirstTargetRows(int seriesLength, Range part, SeriesGaps? gaps = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seriesLength);
        int start = part.Start.GetOffset(seriesLength), end = part.End.GetOffset(seriesLength);
        if (start < 0 || end > seriesLength || start > end)
        {
            throw new ArgumentOutOfRangeException(
                nameof(part), part, $"{Owner}: part must lie within the {seriesLength} rows of the series.");
        }

        List<int> rows = [];
        long next = start;
        foreach (Range run in RunsOf(seriesLength, gaps))
        {
            int last = Math.Min(run.End.Value, end) - Horizon;
            for (next = Math.Max(next, (long)run.Start.Value + Length); next <= last; next += Stride)
            {
                rows.Add((int)next);
            }
        }

        return [.. rows];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Owner}({Length} rows => {Horizon} ahead, stride {Stride})";

    private int[] InputColumnsOf(Series source) =>
        _inputColumns.Length > 0 ? _inputColumns : [.. Enumerable.Range(0, source.Columns)];

    private static ReadOnlySpan<Range> RunsOf(int seriesLength, SeriesGaps? gaps)
    {
        if (gaps is not null && gaps.Rows != seriesLength)
        {
            throw new ArgumentException($"{Owner}: gaps must be of the {seriesLength} rows of the series, but is {gaps}.", nameof(gaps));
        }

        return gaps is null ? new[] { 0..seriesLength } : gaps.Runs;
    }

    private static void ThrowIfNegative(ReadOnlySpan<int> columns, string name)
    {
        foreach (int column in columns)
        {
            if (column < 0)
            {
                throw new ArgumentOutOfRangeException(
                    name, column, FormattableString.Invariant($"{Owner}: {name} must name columns from 0, but names {column}."));
            }
        }
    }

    private static void ThrowIfTooLarge(long values, string name)
    {
        if (values > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{Owner}: one window must hold at most {Array.MaxLength} values, but its rows × columns are {values}; "
                + "use a shorter window or fewer columns.",
                name);
        }
    }
}
