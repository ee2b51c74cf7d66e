namespace LstmSharp.Kernels;

/// <summary>Copies rows of numbers into plain panels.</summary>
internal static unsafe class PanelPacking
{
    /// <summary>Packs rows × columns values as <c>[panel][row][4 × Lanes]</c>, zeros beyond the last column.</summary>
    public static void Pack(SimdWidth width, float* source, nint rowStride, int rows, int columns, float* packed)
    {
        int columnsPerPanel = Panels.Vectors * width.Lanes();
        for (int column = 0; column < columns; column += columnsPerPanel)
        {
            int valid = Math.Min(columnsPerPanel, columns - column);
            for (int row = 0; row < rows; row++, packed += columnsPerPanel)
            {
                new ReadOnlySpan<float>(source + (row * rowStride) + column, valid).CopyTo(new Span<float>(packed, valid));
                new Span<float>(packed + valid, columnsPerPanel - valid).Clear();
            }
        }
    }
}
