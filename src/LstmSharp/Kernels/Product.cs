using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>One stretch of a product's summation: rows of values on the left against rows of panels on the right.</summary>
internal unsafe struct Segment
{
    /// <summary>Value k of row r is <c>Left[r · LeftRowStride + k · LeftStep]</c>.</summary>
    public required float* Left;

    public required nint LeftRowStride;

    /// <summary>1 for rows of values; the rows' distance where the left side is read by columns, as its transpose.</summary>
    public required nint LeftStep;

    /// <summary>How many values of each row are summed.</summary>
    public required nint Depth;

    /// <summary>Row k of panel p begins at <c>Right[p · PanelStride + k · RightStep]</c> and holds four vectors.</summary>
    public required float* Right;

    public required nint PanelStride;

    public required nint RightStep;

    /// <summary>0 where all four vectors of a panel are summed; else the one that is summed beside the first two, 2 or 3.</summary>
    public nint Third;

    /// <summary>Rows of values against packed weights, <c>[panel][depth][4 × Lanes]</c>.</summary>
    public static Segment OfPacked(SimdWidth width, float* left, nint leftRowStride, int depth, float* packed)
    {
        nint step = Panels.Vectors * width.Lanes();
        return new Segment
        {
            Left = left,
            LeftRowStride = leftRowStride,
            LeftStep = 1,
            Depth = depth,
            Right = packed,
            PanelStride = depth * step,
            RightStep = step,
        };
    }
}

/// <summary>The stretches of one product, in order.</summary>
[InlineArray(Panels.Vectors)]
internal struct Segments
{
    private Segment _first;
}

/// <summary>Where a product's values lie: vector v of panel p in row r begins at
/// <c>Data[r · RowStride + p · PanelStride + v · VectorStride]</c>.</summary>
internal unsafe struct PanelRows
{
    public float* Data;

    /// <summary>0 gives every row the same values: a bias.</summary>
    public nint RowStride;

    /// <summary>0 puts every panel into the same place, where the epilogue picks it up.</summary>
    public nint PanelStride;

    public nint VectorStride;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float* At(nint row, nint panel) => Data + (row * RowStride) + (panel * PanelStride);
}

/// <summary>result = initial + Σ segments left · right: every element one chain of fused multiply-adds, the segments one after
/// the other and k ascending in each.</summary>
internal unsafe struct Product
{
    private Segments _segments;

    /// <summary>What each chain starts from; may be the result itself.</summary>
    public PanelRows Initial;

    public PanelRows Result;

    public int Rows;

    public Panels Panels;

    /// <summary>How many stretches the sum has; none leaves the result as it is, for the epilogue alone.</summary>
    public int SegmentCount { get; private set; }

    /// <summary>Whether each stretch has three vectors of a panel: two that all have, and one of its own.</summary>
    public bool HasThirds { get; private set; }

    /// <summary>Continues every chain with another stretch.</summary>
    public void Append(in Segment segment)
    {
        Debug.Assert(SegmentCount == 0 || (segment.Third != 0) == HasThirds, "Either all stretches have a third vector or none.");
        HasThirds = segment.Third != 0;
        _segments[SegmentCount++] = segment;
    }

    /// <summary>A stretch of the sum. No span of them: making one is a call where the compiler works ahead of time, and a call in a
    /// tile sends every sum through memory.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref readonly Segment SegmentAt(int index)
    {
        Debug.Assert((uint)index < (uint)SegmentCount, "There is no such segment.");
        return ref Unsafe.Add(ref Unsafe.As<Segments, Segment>(ref Unsafe.AsRef(in _segments)), index);
    }
}

/// <summary>A piece of a product's result: some rows of one panel.</summary>
/// <param name="FirstRow">The first of the rows.</param>
/// <param name="Rows">How many.</param>
/// <param name="Panel">The panel.</param>
/// <param name="FirstUnit">The panel's first column, or unit where gates are interleaved.</param>
/// <param name="Units">How many columns or units the panel covers, rounded up to whole vectors.</param>
internal readonly record struct TileArea(int FirstRow, int Rows, int Panel, int FirstUnit, int Units);

/// <summary>What happens to a piece of a product's result while the cache still holds it: the seam where a cell's equations plug in.</summary>
internal interface ITileEpilogue
{
    /// <summary>Works on a piece of the result at the end of its chains.</summary>
    void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct;
}

/// <summary>Leaves the sums as they are.</summary>
internal readonly struct NoEpilogue : ITileEpilogue
{
    public void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
    }
}
