using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Cuts a multivariate series into windows: some past rows as input, the values of the next rows as targets.</summary>
/// <remarks>The window whose targets begin at row r has rows r − Length .. r − 1 as its input and rows r .. r + Horizon − 1 as its
/// targets. A window belongs to a part of the series when all its target rows lie inside that part; its inputs may look back into
/// earlier rows, which are the past by then. So no part's windows share a target row with another's.</remarks>
public sealed class SlidingWindows
{
    private const string Owner = nameof(SlidingWindows);
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

    /// <summary>Cuts every window whose target rows all lie in one part of a series.</summary>
    /// <param name="series">The values, shape [time, features], finite in the rows and columns that the windows use.</param>
    /// <param name="part">The rows that targets may come from, such as <see cref="TimeSplit.Train"/>, or <c>..</c> for all.</param>
    /// <returns>Inputs of shape [Length, N, input columns] and targets of shape [1, N, Horizon × target columns], where step ahead k
    /// of target column j has the index k × target columns + j. N is 0 where the part is too short for a window.</returns>
    /// <exception cref="ArgumentException">The series has the wrong shape, lacks a column, holds NaN or infinity, or the windows
    /// together would hold more values than an array can.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The part leaves the series.</exception>
    public SequenceDataset Cut(Tensor<float> series, Range part)
    {
        var source = new Series(series, Owner);
        source.ThrowIfOutside(_targetColumns, "targetColumns");
        source.ThrowIfOutside(_inputColumns, "inputColumns");
        int[] inputColumns = InputColumnsOf(source);
        int[] firstTargetRows = FirstTargetRows(source.Rows, part);
        if (firstTargetRows.Length > 0)
        {
            int first = firstTargetRows[0], last = firstTargetRows[^1];
            source.ThrowIfNotFinite(first - Length, last, inputColumns, nameof(series));
            source.ThrowIfNotFinite(first, last + Horizon, _targetColumns, nameof(series));
        }

        Tensor<float> inputs = CreateTensor(Length, firstTargetRows.Length, inputColumns.Length, nameof(series));
        Tensor<float> targets = CreateTensor(1, firstTargetRows.Length, (long)Horizon * _targetColumns.Length, nameof(series));
        CopyInputs(source, firstTargetRows, inputColumns, TensorValues.Of(inputs));
        CopyTargets(source, firstTargetRows, TensorValues.Of(targets));
        return new SequenceDataset(inputs, targets);
    }

    /// <summary>The last window of a series, whose targets are still to come: to forecast past the end of the data.</summary>
    /// <param name="series">The values, shape [time, features] with at least <see cref="Length"/> rows, finite in the last of them and
    /// in the columns that a window shows. The target columns are not read.</param>
    /// <returns>The last <see cref="Length"/> rows, shape [Length, 1, input columns], whatever the stride.</returns>
    /// <exception cref="ArgumentException">The series has the wrong shape or fewer rows than a window, lacks an input column, or holds
    /// NaN or infinity there.</exception>
    public Tensor<float> Latest(Tensor<float> series)
    {
        var source = new Series(series, Owner);
        source.ThrowIfOutside(_inputColumns, "inputColumns");
        if (source.Rows < Length)
        {
            throw new ArgumentException(
                $"{Owner}: series must have at least {Length} rows, the length of a window, but has {source.Rows}.", nameof(series));
        }

        int[] inputColumns = InputColumnsOf(source);
        source.ThrowIfNotFinite(source.Rows - Length, source.Rows, inputColumns, nameof(series));
        Tensor<float> window = CreateTensor(Length, 1, inputColumns.Length, nameof(series));
        CopyInputs(source, [source.Rows], inputColumns, TensorValues.Of(window));
        return window;
    }

    /// <summary>The row of each window's first target, in the order of <see cref="Cut"/>: to align forecasts with dates.</summary>
    /// <param name="seriesLength">The number of rows (time steps) of the series.</param>
    /// <param name="part">The rows that targets may come from, as given to <see cref="Cut"/>.</param>
    /// <returns>One row for each window; step ahead k of window n forecasts row <c>result[n] + k</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or the part leaves the series.</exception>
    public int[] FirstTargetRows(int seriesLength, Range part)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seriesLength);
        int start = part.Start.GetOffset(seriesLength), end = part.End.GetOffset(seriesLength);
        if (start < 0 || end > seriesLength || start > end)
        {
            throw new ArgumentOutOfRangeException(
                nameof(part), part, $"{Owner}: part must lie within the {seriesLength} rows of the series.");
        }

        int first = Math.Max(start, Length);
        int last = end - Horizon;
        return last < first ? [] : [.. Enumerable.Range(0, ((last - first) / Stride) + 1).Select(n => first + (n * Stride))];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Owner}({Length} rows => {Horizon} ahead, stride {Stride})";

    private int[] InputColumnsOf(Series source) =>
        _inputColumns.Length > 0 ? _inputColumns : [.. Enumerable.Range(0, source.Columns)];

    private void CopyInputs(Series source, int[] firstTargetRows, int[] columns, Span<float> destination)
    {
        int next = 0;
        for (int t = 0; t < Length; t++)
        {
            foreach (int row in firstTargetRows)
            {
                foreach (int column in columns)
                {
                    destination[next++] = source[row - Length + t, column];
                }
            }
        }
    }

    private void CopyTargets(Series source, int[] firstTargetRows, Span<float> destination)
    {
        int next = 0;
        foreach (int row in firstTargetRows)
        {
            for (int ahead = 0; ahead < Horizon; ahead++)
            {
                foreach (int column in _targetColumns)
                {
                    destination[next++] = source[row + ahead, column];
                }
            }
        }
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

    private static Tensor<float> CreateTensor(long steps, long windows, long size, string name)
    {
        if ((Int128)steps * windows * size > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{Owner}: the windows together must hold at most {Array.MaxLength} values, but {steps} rows × {windows} windows × {size} "
                + "columns are more; use a larger stride or fewer columns.",
                name);
        }

        return Tensor.CreateFromShape<float>([checked((nint)steps), checked((nint)windows), checked((nint)size)]);
    }
}
