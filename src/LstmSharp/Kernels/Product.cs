using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>One stretch of a product's summation: rows of values against packed weights.</summary>
/// <param name="rows">The first row's values; value k of a row meets entry k of every panel.</param>
/// <param name="rowStride">The distance between two rows.</param>
/// <param name="depth">How many values of each row are summed.</param>
/// <param name="panels">The packed weights, <c>[panel][depth][4 × Lanes]</c>.</param>
internal readonly unsafe struct Segment(float* rows, nint rowStride, int depth, float* panels)
{
    public float* Rows { get; } = rows;

    public nint RowStride { get; } = rowStride;

    public int Depth { get; } = depth;

    public float* Panels { get; } = panels;
}

/// <summary>The stretches of one product, in order.</summary>
[InlineArray(Panels.Vectors)]
internal struct Segments
{
    private Segment _first;
}

/// <summary>result = initial + Σ segments rows · panels: every element one chain of fused multiply-adds, the segments one after
/// the other and k ascending in each.</summary>
internal unsafe struct Product
{
    private Segments _segments;
    private int _segmentCount;

    /// <summary>What each chain starts from; may be the result itself.</summary>
    public float* Initial { get; init; }

    /// <summary>The distance between two rows of initial values; 0 gives every row the same ones (a bias).</summary>
    public nint InitialStride { get; init; }

    public float* Result { get; init; }

    public nint ResultStride { get; init; }

    public int Rows { get; init; }

    public Panels Panels { get; init; }

    /// <summary>The stretches of the sum, in order.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<Segment> Segments => ((ReadOnlySpan<Segment>)_segments)[.._segmentCount];

    /// <summary>Continues every chain with another stretch.</summary>
    public void Append(in Segment segment) => _segments[_segmentCount++] = segment;
}

/// <summary>What happens to a piece of a product's result while the cache still holds it: the seam where a cell's equations plug in.</summary>
internal interface ITileEpilogue
{
    /// <summary>Works on rows × units of the result, whole vectors, at the end of their chains.</summary>
    void Apply<TSimd, TVector>(int firstRow, int rows, int firstUnit, int units)
        where TSimd : ISimd<TVector>
        where TVector : struct;
}

/// <summary>Leaves the sums as they are.</summary>
internal readonly struct NoEpilogue : ITileEpilogue
{
    public void Apply<TSimd, TVector>(int firstRow, int rows, int firstUnit, int units)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
    }
}
