using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Brings every column of a series to mean 0 and variance 1, and forecasts back to the series' own units.</summary>
/// <remarks>Fit it on the training rows only, or the future leaks into the training. NaN stands for a missing value: it is not
/// measured and stays NaN, so that rows can stay in their places until <see cref="SlidingWindows"/> skips them (<see cref="SeriesGaps"/>).
/// It cannot be changed once fitted, so any number of threads may share it. Saving and loading: <see cref="ScalerFile"/>.</remarks>
public sealed class StandardScaler
{
    private const string Owner = nameof(StandardScaler);
    private readonly double[] _means;
    private readonly double[] _scales;

    /// <summary>Makes a scaler of known means and scales, such as ones saved earlier.</summary>
    /// <param name="means">Each column's mean, finite.</param>
    /// <param name="scales">Each column's scale, finite and over 0.</param>
    /// <exception cref="ArgumentException">The spans are empty or differ in length, or a value is outside its range.</exception>
    public StandardScaler(ReadOnlySpan<double> means, ReadOnlySpan<double> scales)
    {
        if (means.IsEmpty || means.Length != scales.Length)
        {
            throw new ArgumentException(
                $"{Owner}: means and scales must hold one value for each column, but hold {means.Length} and {scales.Length}.",
                nameof(scales));
        }

        for (int column = 0; column < means.Length; column++)
        {
            if (!double.IsFinite(means[column]) || !(double.IsFinite(scales[column]) && scales[column] > 0))
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"{Owner}: means must be finite and scales finite and over 0, but column {column} has ")
                    + FormattableString.Invariant($"the mean {means[column]} and the scale {scales[column]}."),
                    nameof(scales));
            }
        }

        _means = means.ToArray();
        _scales = scales.ToArray();
    }

    /// <summary>Each column's mean.</summary>
    public ReadOnlySpan<double> Means => _means;

    /// <summary>Each column's standard deviation √(Σ(x − mean)² / values), or 1 where the column is constant.</summary>
    public ReadOnlySpan<double> Scales => _scales;

    /// <summary>Measures every column over some rows of a series, summing in double in the order of time.</summary>
    /// <param name="series">The values, shape [time, features]; NaN where a value is missing.</param>
    /// <param name="rows">The rows to measure, at least one: <see cref="TimeSplit.Train"/>.</param>
    /// <exception cref="ArgumentException">The series has the wrong shape, is too large for an array, or holds infinity, the range is
    /// empty, or all values of a column are missing there.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the series.</exception>
    public static StandardScaler Fit(Tensor<float> series, Range rows)
    {
        var source = new Series(series, Owner);
        (int start, int count) = rows.GetOffsetAndLength(source.Rows);
        if (count == 0)
        {
            throw new ArgumentException($"{Owner}: rows must hold at least one row to measure, but holds none.", nameof(rows));
        }

        source.ThrowIfInfinite(start, start + count, nameof(series));
        double[] means = new double[source.Columns], scales = new double[source.Columns];
        for (int column = 0; column < source.Columns; column++)
        {
            (means[column], scales[column]) = Measure(source, start, start + count, column, nameof(series));
        }

        return new StandardScaler(means, scales);
    }

    /// <summary>Scales values: (x − mean) / scale. NaN stays NaN.</summary>
    /// <param name="values">A tensor whose last dimension runs through the columns, such as a series [time, features].</param>
    /// <param name="columns">The columns that the last dimension runs through, over and over; where none are given it runs through
    /// all of them once.</param>
    /// <returns>A new tensor of the same shape.</returns>
    /// <exception cref="ArgumentException">A value is infinity or would scale to it, there is no such column, the last dimension does not
    /// run through the columns, or the values are too many for an array.</exception>
    public Tensor<float> Transform(Tensor<float> values, params ReadOnlySpan<int> columns)
    {
        int[] chosen = ChosenOrAll(columns);
        Tensor<float> result = CopyOf(values, chosen.Length, repeats: !columns.IsEmpty);
        Span<float> scaled = TensorValues.Of(result);
        for (int n = 0; n < scaled.Length; n++)
        {
            int column = chosen[n % chosen.Length];
            float value = scaled[n];
            scaled[n] = (float)((value - _means[column]) / _scales[column]);
            if (float.IsInfinity(value))
            {
                throw new ArgumentException(
                    $"{Owner}: values must be finite, but holds {PlaceOf(value, n, result)}.", nameof(values));
            }

            if (float.IsInfinity(scaled[n]))
            {
                throw new ArgumentException(
                    $"{Owner}: values must scale to numbers that a float can hold, but holds {PlaceOf(value, n, result)}, where the mean is "
                    + FormattableString.Invariant($"{_means[column]} and the scale {_scales[column]}; ")
                    + "the column hardly varies in the rows that the scaler was fitted on: leave it out, or fit on more rows.",
                    nameof(values));
            }
        }

        return result;
    }

    /// <summary>Undoes <see cref="Transform"/>: x × scale + mean. NaN and infinity stay what they are.</summary>
    /// <param name="values">A tensor whose last dimension runs through the columns, such as a forecast
    /// [1, N, horizon × target columns] of <see cref="SlidingWindows"/>.</param>
    /// <param name="columns">The columns that the last dimension runs through, over and over: for a forecast the target columns; where none
    /// are given it runs through all of them once.</param>
    /// <returns>A new tensor of the same shape.</returns>
    /// <exception cref="ArgumentException">A finite value would become infinity, there is no such column, the last dimension does not run
    /// through the columns, or the values are too many for an array.</exception>
    public Tensor<float> Inverse(Tensor<float> values, params ReadOnlySpan<int> columns)
    {
        int[] chosen = ChosenOrAll(columns);
        Tensor<float> result = CopyOf(values, chosen.Length, repeats: !columns.IsEmpty);
        Span<float> original = TensorValues.Of(result);
        for (int n = 0; n < original.Length; n++)
        {
            int column = chosen[n % chosen.Length];
            float value = original[n];
            original[n] = (float)((value * _scales[column]) + _means[column]);
            if (float.IsInfinity(original[n]) && float.IsFinite(value))
            {
                throw new ArgumentException(
                    $"{Owner}: values must be numbers that a float can hold in the series' own units, but holds "
                    + $"{PlaceOf(value, n, result)}, where the mean is "
                    + FormattableString.Invariant($"{_means[column]} and the scale {_scales[column]}; a model that made it has diverged."),
                    nameof(values));
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Owner}({_means.Length} columns)";

    private static (double Mean, double Scale) Measure(Series source, int firstRow, int endRow, int column, string name)
    {
        double sum = 0, squares = 0;
        int present = 0;
        for (int row = firstRow; row < endRow; row++)
        {
            bool isPresent = !float.IsNaN(source[row, column]);
            sum += isPresent ? source[row, column] : 0;
            present += isPresent ? 1 : 0;
        }

        if (present == 0)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"{Owner}: {name} must hold a value in every column, but column {column} holds only NaN ")
                + FormattableString.Invariant($"in rows {firstRow} to {endRow - 1}; leave the column out."),
                name);
        }

        double mean = sum / present;
        for (int row = firstRow; row < endRow; row++)
        {
            double deviation = float.IsNaN(source[row, column]) ? 0 : source[row, column] - mean;
            squares += deviation * deviation;
        }

        return (mean, squares > 0 ? Math.Sqrt(squares / present) : 1);
    }

    /// <summary>A value and its place, for messages.</summary>
    private static string PlaceOf(float value, int index, Tensor<float> tensor)
    {
        int width = (int)tensor.Lengths[^1];
        return FormattableString.Invariant($"{value} in row {index / width}, column {index % width}");
    }

    private int[] ChosenOrAll(ReadOnlySpan<int> columns)
    {
        foreach (int column in columns)
        {
            if ((uint)column >= (uint)_means.Length)
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"{this}: columns must lie from 0 to {_means.Length - 1}, but holds {column}."),
                    nameof(columns));
            }
        }

        return columns.IsEmpty ? [.. Enumerable.Range(0, _means.Length)] : columns.ToArray();
    }

    private Tensor<float> CopyOf(Tensor<float> values, int columns, bool repeats)
    {
        ArgumentNullException.ThrowIfNull(values);
        bool fits = values.Rank > 0 && (repeats ? values.Lengths[^1] % columns == 0 : values.Lengths[^1] == columns);
        if (!fits)
        {
            string expected = repeats
                ? $"a multiple of the {columns} columns named"
                : $"the scaler's {columns} columns (for others, name them, such as the target columns of a forecast)";
            throw new ArgumentException(
                $"{this}: the last dimension of values must be {expected}, but the shape is {TensorValues.Shape(values.Lengths)}.",
                nameof(values));
        }

        TensorLimit.ThrowIfTooLarge(values, Owner, nameof(values));
        Tensor<float> copy = Tensor.CreateFromShapeUninitialized<float>(values.Lengths);
        values.FlattenTo(TensorValues.Of(copy));
        return copy;
    }
}
