using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LstmSharp;

/// <summary>Windows of equal length on one series: rows that follow each other, each step some columns of one row. No copy.</summary>
/// <param name="series">Dense, shape [time, features].</param>
/// <param name="rows">The series' row of each window that <paramref name="offset"/> counts from.</param>
/// <param name="offset">Where a window begins, in rows from its row.</param>
/// <param name="length">The number of rows of a window.</param>
/// <param name="columns">The columns that a step shows, in this order.</param>
internal sealed class WindowSource(Tensor<float> series, int[] rows, int offset, int length, int[] columns)
    : SequenceSource<float>(rows.Length, length, columns.Length)
{
    private readonly int _width = (int)series.Lengths[1];
    private readonly int _values = (int)series.FlattenedLength;
    private readonly bool _showsWholeRows = columns.AsSpan().SequenceEqual([.. Enumerable.Range(0, (int)series.Lengths[1])]);

    public override void CopyStep(int sample, int step, Span<float> destination)
    {
        Span<float> values = MemoryMarshal.CreateSpan(ref series.GetPinnableReference(), _values);
        Span<float> row = values.Slice((rows[sample] + offset + step) * _width, _width);
        if (_showsWholeRows)
        {
            row.CopyTo(destination);
            return;
        }

        for (int n = 0; n < columns.Length; n++)
        {
            destination[n] = row[columns[n]];
        }
    }
}
