namespace LstmSharp.Kernels;

/// <summary>How the columns of a product's result are grouped into panels of four vectors.</summary>
/// <remarks>A panel of packed weights holds, for k = 0.., four vectors side by side: <c>[k][vector][lane]</c>.
/// In <see cref="Plain"/> the four vectors are 4 × Lanes neighbouring columns; in <see cref="Interleaved"/> they are the four
/// gates of the same Lanes units, so that a cell's equations find all gates of a unit as soon as one panel is done.</remarks>
internal readonly struct Panels
{
    /// <summary>The number of vectors in a panel.</summary>
    public const int Vectors = 4;

    private const int RowAlignment = 32;
    private const int FloatsPerCacheLine = 16;

    private readonly int _vectorStride;

    private Panels(int units, int unitsPerPanel, int vectorStride)
    {
        Units = units;
        UnitsPerPanel = unitsPerPanel;
        _vectorStride = vectorStride;
        End = (int)(((long)units + unitsPerPanel - 1) / unitsPerPanel);
    }

    /// <summary>The number of columns (plain) or units of each gate (interleaved).</summary>
    public int Units { get; }

    /// <summary>How many units one panel covers; also the distance between two panels' first columns.</summary>
    public int UnitsPerPanel { get; }

    /// <summary>The first panel that is computed.</summary>
    public int First { get; private init; }

    /// <summary>The panel after the last one that is computed.</summary>
    public int End { get; private init; }

    /// <summary>The number of panels that are computed.</summary>
    public int Count => End - First;

    /// <summary>Whether the last panel is computed first.</summary>
    public bool LastFirst { get; init; }

    /// <summary>The distance between two rows of an internal buffer of this width: a multiple of 32 floats for every SIMD width,
    /// so that whole vectors can be written at a row's end.</summary>
    public static int RowStride(int width) => checked(width + RowAlignment - 1) & ~(RowAlignment - 1);

    /// <summary>The distance between two rows of gates: an odd number of cache lines, lest the rows that a weight gradient reads by
    /// columns all meet in one set of the cache.</summary>
    public static int GatesStride(int gates, int units) => checked((gates * RowStride(units)) + FloatsPerCacheLine);

    /// <summary>Panels of 4 × Lanes neighbouring columns.</summary>
    public static Panels Plain(SimdWidth width, int columns) => new(columns, Vectors * width.Lanes(), width.Lanes());

    /// <summary>Panels of the four gates of Lanes units.</summary>
    public static Panels Interleaved(SimdWidth width, int units) => new(units, width.Lanes(), RowStride(units));

    /// <summary>The panels of a cell's gates: interleaved where there are four, else plain.</summary>
    public static Panels OfGates(SimdWidth width, int gates, int units) =>
        gates == Vectors ? Interleaved(width, units) : Plain(width, gates * units);

    /// <summary>One of several nearly equal shares of the panels, the others left to other threads.</summary>
    public Panels Share(int index, int count) => this with
    {
        First = First + (int)((long)Count * index / count),
        End = First + (int)((long)Count * (index + 1) / count),
    };

    /// <summary>The panel that is computed after so many others.</summary>
    public int InOrder(int number) => LastFirst ? End - 1 - number : First + number;

    /// <summary>Whether only the first two vectors of a panel hold columns, as may be in the last one of plain panels.</summary>
    public bool IsHalf(int panel) => _vectorStride < UnitsPerPanel && Units - (panel * UnitsPerPanel) <= UnitsPerPanel / 2;

    /// <summary>Rows of all panels' values in a buffer: the columns side by side, or gate after gate.</summary>
    public unsafe PanelRows In(float* data, nint rowStride) =>
        new() { Data = data, RowStride = rowStride, PanelStride = UnitsPerPanel, VectorStride = _vectorStride };

    /// <summary>A single row of plain panels, the columns side by side.</summary>
    public static unsafe PanelRows OneRow(SimdWidth width, float* data) =>
        new() { Data = data, RowStride = 0, PanelStride = Vectors * width.Lanes(), VectorStride = width.Lanes() };

    /// <summary>Rows of one panel's values, one panel after the other in the same place.</summary>
    public static unsafe PanelRows OneAtATime(SimdWidth width, float* data) =>
        new() { Data = data, RowStride = Vectors * width.Lanes(), PanelStride = 0, VectorStride = width.Lanes() };
}
