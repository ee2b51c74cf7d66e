using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LstmSharp.Kernels;

/// <summary>Runs a <see cref="Product"/> on the chosen vector width.</summary>
internal static class PanelProduct
{
    /// <summary>Computes the product, handing each finished piece to the epilogue.</summary>
    public static void Run<TEpilogue>(SimdWidth width, in Product product, in TEpilogue epilogue)
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
    public static void Run<TEpilogue>(in Product product, in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        Debug.Assert(product.Panels.UnitsPerPanel % TSimd.Lanes == 0, "The panels were laid out for another width.");
        for (int firstRow = 0; firstRow < product.Rows; firstRow += RowsPerBlock)
        {
            int rows = Math.Min(RowsPerBlock, product.Rows - firstRow);
            for (int panel = 0; panel < product.Panels.Count; panel++)
            {
                bool half = product.Panels.LastIsHalf && panel == product.Panels.Count - 1;
                Multiply(product, firstRow, rows, panel, half);
                int units = half ? product.Panels.UnitsPerPanel / 2 : product.Panels.UnitsPerPanel;
                epilogue.Apply<TSimd, TVector>(firstRow, rows, panel * product.Panels.UnitsPerPanel, units);
            }
        }
    }

    private static void Multiply(in Product product, int firstRow, int rows, int panel, bool half)
    {
        float* result = product.Result + (firstRow * product.ResultStride) + (panel * product.Panels.UnitsPerPanel);
        float* initial = product.Initial + (firstRow * product.InitialStride) + (panel * product.Panels.UnitsPerPanel);
        nint initialStride = product.InitialStride;
        foreach (ref readonly Segment segment in product.Segments)
        {
            var tile = new Tile
            {
                Left = segment.Rows + (firstRow * segment.RowStride),
                LeftStride = segment.RowStride,
                Depth = segment.Depth,
                Panel = segment.Panels + ((nint)panel * segment.Depth * Panels.Vectors * TSimd.Lanes),
                Initial = initial,
                InitialStride = initialStride,
                Result = result,
                ResultStride = product.ResultStride,
                VectorStride = product.Panels.VectorStride,
            };
            MultiplyRows(ref tile, rows, half);
            initial = result;
            initialStride = product.ResultStride;
        }
    }

    private static void MultiplyRows(ref Tile tile, int rows, bool half)
    {
        bool fours = TSimd.Has32Registers && !half;
        int sixes = fours && rows >= 8 && rows % 6 == 2 ? (rows / 6) - 1 : rows / 6;
        for (; sixes > 0; sixes--, rows -= 6, tile.AdvanceRows(6))
        {
            if (half)
            {
                Tiles<TSimd, TVector>.SixRowsTwoVectors(tile);
            }
            else if (TSimd.Has32Registers)
            {
                Tiles<TSimd, TVector>.SixRowsFourVectors(tile);
            }
            else
            {
                Tiles<TSimd, TVector>.SixRowsTwoVectors(tile);
                Tiles<TSimd, TVector>.SixRowsTwoVectors(tile.SecondHalf(TSimd.Lanes));
            }
        }

        for (; fours && rows >= 4; rows -= 4, tile.AdvanceRows(4))
        {
            Tiles<TSimd, TVector>.FourRowsFourVectors(tile);
        }

        for (; rows >= 2; rows -= 2, tile.AdvanceRows(2))
        {
            Tiles<TSimd, TVector>.TwoRows(tile, half);
        }

        if (rows == 1)
        {
            Tiles<TSimd, TVector>.OneRow(tile, half);
        }
    }
}
