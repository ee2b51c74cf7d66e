using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>Copies rows of numbers into plain panels.</summary>
internal static unsafe class PanelPacking
{
    /// <summary>Packs rows as <c>[panel][row][4 × Lanes]</c>: the gates' units side by side, zeros beyond the last column.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="source">The first row: <c>[gate][RowStride(units)]</c>.</param>
    /// <param name="rowStride">The distance between two rows.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="gates">The number of gates; 1 for plain rows.</param>
    /// <param name="units">The number of units of a gate.</param>
    /// <param name="packed">Room for all panels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(SimdWidth width, float* source, nint rowStride, int rows, int gates, int units, float* packed)
    {
        int columnsPerPanel = Panels.Vectors * width.Lanes();
        int columns = gates * units;
        int paddedColumns = (columns + columnsPerPanel - 1) / columnsPerPanel * columnsPerPanel;
        for (int column = 0; column < paddedColumns;)
        {
            int unit = column % units;
            int place = column % columnsPerPanel;
            float* to = packed + ((nint)(column - place) * rows) + place;
            int run;
            if (column < columns)
            {
                run = Math.Min(units - unit, columnsPerPanel - place);
                float* from = source + ((nint)(column / units) * Panels.RowStride(units)) + unit;
                for (int row = 0; row < rows; row++)
                {
                    new ReadOnlySpan<float>(from + (row * rowStride), run).CopyTo(new Span<float>(to + ((nint)row * columnsPerPanel), run));
                }
            }
            else
            {
                run = columnsPerPanel - place;
                for (int row = 0; row < rows; row++)
                {
                    new Span<float>(to + ((nint)row * columnsPerPanel), run).Clear();
                }
            }

            column += run;
        }
    }
}
