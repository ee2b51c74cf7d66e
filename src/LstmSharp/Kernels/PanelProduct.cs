using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LstmSharp.Kernels;

/// <summary>Runs a <see cref="Product"/> on the chosen vector width.</summary>
internal static class PanelProduct
{
    /// <summary>Computes the product, handing each finished piece to the epilogue.</summary>
    public static void Run<TEpilogue>(SimdWidth width, in Product product, TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        switch (width)
        {
            case SimdWidth.Bits512:
                PanelProduct<Simd512, Vector512<float>>.Run(product, epilogue);
                break;
            case SimdWidth.Bits256:
                PanelProduct<Simd256, Vector256<float>>.Run(product, epilogue);
                break;
            default:
                PanelProduct<Simd128, Vector128<float>>.Run(product, epilogue);
                break;
        }
    }
}

/// <summary>The loops over panels and rows around the tiles.</summary>
internal static unsafe class PanelProduct<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>How many rows are multiplied by one panel before the next panel: their values stay in the second-level cache.</summary>
    private const int RowsPerBlock = 96;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TEpilogue>(in Product product, TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        Panels panels = product.Panels;
        Debug.Assert(panels.UnitsPerPanel % TSimd.Lanes == 0, "The panels were laid out for another width.");
        for (int firstRow = 0; firstRow < product.Rows; firstRow += RowsPerBlock)
        {
            int rows = Math.Min(RowsPerBlock, product.Rows - firstRow);
            for (int n = 0; n < panels.Count; n++)
            {
                int panel = panels.InOrder(n);
                bool half = panels.IsHalf(panel);
                if (product.HasThirds)
                {
                    MultiplyThirds(product, firstRow, rows, panel);
                }
                else if (product.SegmentCount > 0)
                {
                    Multiply(product, firstRow, rows, panel, half);
                }

                int units = half ? panels.UnitsPerPanel / 2 : panels.UnitsPerPanel;
                epilogue.Apply<TSimd, TVector>(new TileArea(firstRow, rows, panel, panel * panels.UnitsPerPanel, units));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(in Product product, nint row, nint rows, nint panel, bool half)
    {
        bool fours = TSimd.Has32Registers && !half;
        nint sixes = fours && rows >= 8 && rows % 6 == 2 ? (rows / 6) - 1 : rows / 6;
        for (; sixes > 0; sixes--, row += 6, rows -= 6)
        {
            if (fours)
            {
                Tiles<TSimd, TVector>.SixRowsFourVectors(product, row, panel);
            }
            else
            {
                Tiles<TSimd, TVector>.SixRowsTwoVectors(product, row, panel, firstVector: 0);
                if (!half)
                {
                    Tiles<TSimd, TVector>.SixRowsTwoVectors(product, row, panel, firstVector: 2);
                }
            }
        }

        for (; fours && rows >= 4; row += 4, rows -= 4)
        {
            Tiles<TSimd, TVector>.FourRowsFourVectors(product, row, panel);
        }

        for (; rows >= 2; row += 2, rows -= 2)
        {
            Tiles<TSimd, TVector>.TwoRows(product, row, panel, half);
        }

        if (rows == 1)
        {
            Tiles<TSimd, TVector>.OneRow(product, row, panel, half);
        }
    }

    /// <summary>One stretch after the other: the sums that they share go on from where the one before left them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyThirds(in Product product, nint row, nint rows, nint panel)
    {
        for (int n = 0; n < product.SegmentCount; n++)
        {
            MultiplyThird(product, n == 0 ? product.Initial : product.Result, product.SegmentAt(n), row, rows, panel);
        }

        if (product.SegmentCount == 1)
        {
            const int lastTwo = 2 + 3;
            Tiles<TSimd, TVector>.CopyVector(product, row, rows, panel, lastTwo - product.SegmentAt(0).Third);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyThird(in Product product, PanelRows from, in Segment segment, nint row, nint rows, nint panel)
    {
        nint sixes = !TSimd.Has32Registers ? 0 : rows >= 8 && rows % 6 == 2 ? (rows / 6) - 1 : rows / 6;
        for (; sixes > 0; sixes--, row += 6, rows -= 6)
        {
            Tiles<TSimd, TVector>.SixRowsThreeVectors(product, from, segment, row, panel);
        }

        for (; rows >= 4; row += 4, rows -= 4)
        {
            Tiles<TSimd, TVector>.FourRowsThreeVectors(product, from, segment, row, panel);
        }

        for (; rows >= 2; row += 2, rows -= 2)
        {
            Tiles<TSimd, TVector>.TwoRowsThreeVectors(product, from, segment, row, panel);
        }

        if (rows == 1)
        {
            Tiles<TSimd, TVector>.OneRowThreeVectors(product, from, segment, row, panel);
        }
    }
}
