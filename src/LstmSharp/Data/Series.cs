using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>A multivariate series [time, features], checked at the edge and read row by row.</summary>
internal readonly ref struct Series
{
    private readonly ReadOnlySpan<float> _values;
    private readonly string _owner;

    /// <param name="series">The tensor to read.</param>
    /// <param name="owner">The type that error messages name.</param>
    /// <exception cref="ArgumentException">The tensor is not of rank 2, has no columns, or holds more values than an array can.</exception>
    public Series(Tensor<float> series, string owner)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (series.Rank != 2 || series.Lengths[1] < 1)
        {
            throw new ArgumentException(
                $"{owner}: series must have the shape [time, features] with at least one feature, "
                + $"but has {TensorValues.Shape(series.Lengths)}.",
                nameof(series));
        }

        TensorLimit.ThrowIfTooLarge(series, owner, nameof(series));
        _owner = owner;
        _values = TensorValues.Of(TensorValues.Dense(series));
        Rows = (int)series.Lengths[0];
        Columns = (int)series.Lengths[1];
    }

    public int Rows { get; }

    public int Columns { get; }

    public float this[int row, int column] => _values[(row * Columns) + column];

    public void ThrowIfOutside(ReadOnlySpan<int> columns, string name)
    {
        foreach (int column in columns)
        {
            if ((uint)column >= (uint)Columns)
            {
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"{_owner}: {name} must name columns from 0 to {Columns - 1}, as the series has {Columns}, but names {column}."),
                    name);
            }
        }
    }

    /// <summary>Throws at the first NaN or infinity of some rows and columns.</summary>
    /// <param name="firstRow">The first row.</param>
    /// <param name="endRow">The row after the last one.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="name">The parameter's name.</param>
    /// <param name="remedy">What the message ends with.</param>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public void ThrowIfNotFinite(int firstRow, int endRow, ReadOnlySpan<int> columns, string name, string remedy)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            foreach (int column in columns)
            {
                if (!float.IsFinite(this[row, column]))
                {
                    throw new ArgumentException(
                        FormattableString.Invariant(
                            $"{_owner}: {name} must hold finite values, but holds {this[row, column]} in row {row}, column {column}; ")
                        + remedy,
                        name);
                }
            }
        }
    }

    /// <summary>Throws at the first infinity of some rows, in any column.</summary>
    /// <exception cref="ArgumentException">A value is infinite.</exception>
    public void ThrowIfInfinite(int firstRow, int endRow, string name)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                if (!float.IsNaN(this[row, column]))
                {
                    ThrowIfNotFinite(row, row + 1, [column], name, "where a value is missing, write NaN.");
                }
            }
        }
    }
}
