namespace LstmSharp.Kernels;

/// <summary>How the columns of a product's result are grouped into panels of four vectors, and where each vector lies in a row.</summary>
/// <remarks>A panel of packed weights holds, for k = 0.., four vectors side by side: <c>[k][vector][lane]</c>.
/// In <see cref="Plain"/> the four vectors are 4 × Lanes neighbouring columns; in <see cref="Interleaved"/> they are the four
/// gates of the same Lanes units, so that a cell's equations find all gates of a unit as soon as one panel is done.</remarks>
internal readonly struct Panels
{
    /// <summary>The number of vectors in a panel.</summary>
    public const int Vectors = 4;

    private const int RowAlignment = 32;

    private Panels(int count, int units, int unitsPerPanel, bool lastIsHalf, int vectorStride)
    {
        Count = count;
        Units = units;
        UnitsPerPanel = unitsPerPanel;
        LastIsHalf = lastIsHalf;
        VectorStride = vectorStride;
    }

    /// <summary>The number of panels.</summary>
    public int Count { get; }

    /// <summary>The number of columns (plain) or units of each gate (interleaved).</summary>
    public int Units { get; }

    /// <summary>How many units one panel covers; also the distance between two panels' first columns.</summary>
    public int UnitsPerPanel { get; }

    /// <summary>Whether only the first two vectors of the last panel hold columns.</summary>
    public bool LastIsHalf { get; }

    /// <summary>The distance in a result row from one vector of a panel to the next.</summary>
    public int VectorStride { get; }

    /// <summary>The distance between two rows of an internal buffer of this width: a multiple of 32 floats for every SIMD width,
    /// so that whole vectors can be written at a row's end.</summary>
    public static int RowStride(int width) => checked(width + RowAlignment - 1) & ~(RowAlignment - 1);

    /// <summary>Panels of 4 × Lanes neighbouring columns.</summary>
    public static Panels Plain(SimdWidth width, int columns)
    {
        int lanes = width.Lanes();
        int columnsPerPanel = Vectors * lanes;
        int count = checked(columns + columnsPerPanel - 1) / columnsPerPanel;
        bool lastIsHalf = columns - ((count - 1) * columnsPerPanel) <= columnsPerPanel / 2;
        return new Panels(count, columns, columnsPerPanel, lastIsHalf, lanes);
    }

    /// <summary>Panels of the four gates of Lanes units.</summary>
    public static Panels Interleaved(SimdWidth width, int units)
    {
        int lanes = width.Lanes();
        return new Panels((units + lanes - 1) / lanes, units, lanes, lastIsHalf: false, RowStride(units));
    }

    /// <summary>The panels of a cell's gates: interleaved where there are four, else plain.</summary>
    public static Panels OfGates(SimdWidth width, int gates, int units) =>
        gates == Vectors ? Interleaved(width, units) : Plain(width, gates * units);
}
