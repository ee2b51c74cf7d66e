namespace LstmSharp.Kernels;

/// <summary>Copies between dense rows, as users hold them, and internal rows of <see cref="Panels.RowStride"/> floats.</summary>
internal static unsafe class PaddedRows
{
    /// <summary>Copies dense rows in; where there are none, zeros.</summary>
    public static void CopyIn(ReadOnlySpan<float> dense, int rows, int width, float* padded)
    {
        int stride = Panels.RowStride(width);
        for (int row = 0; row < rows; row++, padded += stride)
        {
            var target = new Span<float>(padded, stride);
            target.Clear();
            if (!dense.IsEmpty)
            {
                dense.Slice(row * width, width).CopyTo(target);
            }
        }
    }

    /// <summary>Copies rows of any stride out.</summary>
    public static void CopyOut(float* padded, nint stride, int rows, int width, Span<float> dense)
    {
        for (int row = 0; row < rows; row++, padded += stride)
        {
            new ReadOnlySpan<float>(padded, width).CopyTo(dense.Slice(row * width, width));
        }
    }
}
