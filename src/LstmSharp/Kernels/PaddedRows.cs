namespace LstmSharp.Kernels;

/// <summary>Copies between dense rows, as users hold them, and internal rows of <see cref="Panels.RowStride"/> floats.</summary>
internal static unsafe class PaddedRows
{
    /// <summary>Below this width single values are copied faster than a block.</summary>
    private const int LeastWidthToMove = 8;

    /// <summary>Copies dense rows in; where there are none, zeros.</summary>
    public static void CopyIn(ReadOnlySpan<float> dense, int rows, int width, float* padded)
    {
        int stride = Panels.RowStride(width);
        if (dense.IsEmpty)
        {
            new Span<float>(padded, rows * stride).Clear();
            return;
        }

        fixed (float* from = dense)
        {
            Copy(from, width, padded, stride, rows, width);
        }
    }

    /// <summary>Copies rows of any stride out.</summary>
    public static void CopyOut(float* padded, nint stride, int rows, int width, Span<float> dense)
    {
        fixed (float* to = dense)
        {
            Copy(padded, stride, to, width, rows, width);
        }
    }

    /// <summary>Copies rows from one stride to another; what the target has between them becomes 0.</summary>
    public static void Copy(float* from, nint fromStride, float* to, nint toStride, int rows, int width)
    {
        if (fromStride == width && toStride == width)
        {
            CopyRow(from, to, rows * (long)width);
            return;
        }

        if (toStride == width && width < LeastWidthToMove)
        {
            CopyNarrow(from, fromStride, to, rows, width);
            return;
        }

        for (int row = 0; row < rows; row++, from += fromStride, to += toStride)
        {
            CopyRow(from, to, width);
            new Span<float>(to + width, (int)(toStride - width)).Clear();
        }
    }

    /// <summary>Copies rows of a few values side by side: faster by single values than by a call for each row.</summary>
    private static void CopyNarrow(float* from, nint fromStride, float* to, int rows, int width)
    {
        for (int row = 0; row < rows; row++, from += fromStride, to += width)
        {
            for (int n = 0; n < width; n++)
            {
                to[n] = from[n];
            }
        }
    }

    private static void CopyRow(float* from, float* to, long count) =>
        Buffer.MemoryCopy(from, to, count * sizeof(float), count * sizeof(float));
}
