using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>The innermost loops: sums stay in registers for the whole depth.</summary>
/// <remarks>Written out by hand, because an array or a struct of vectors, or a call inside the loop, would send every sum through
/// memory. Six rows of four vectors need 29 registers, six rows of two vectors 15.</remarks>
internal static unsafe partial class Tiles<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>Six rows, four vectors: for machines with 32 vector registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SixRowsFourVectors(in Tile tile)
    {
        float* initial = tile.Initial;
        nint vectorStride = tile.VectorStride;
        TVector sum00 = TSimd.Load(initial);
        TVector sum01 = TSimd.Load(initial + vectorStride);
        TVector sum02 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum03 = TSimd.Load(initial + (3 * vectorStride));
        initial += tile.InitialStride;
        TVector sum10 = TSimd.Load(initial);
        TVector sum11 = TSimd.Load(initial + vectorStride);
        TVector sum12 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum13 = TSimd.Load(initial + (3 * vectorStride));
        initial += tile.InitialStride;
        TVector sum20 = TSimd.Load(initial);
        TVector sum21 = TSimd.Load(initial + vectorStride);
        TVector sum22 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum23 = TSimd.Load(initial + (3 * vectorStride));
        initial += tile.InitialStride;
        TVector sum30 = TSimd.Load(initial);
        TVector sum31 = TSimd.Load(initial + vectorStride);
        TVector sum32 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum33 = TSimd.Load(initial + (3 * vectorStride));
        initial += tile.InitialStride;
        TVector sum40 = TSimd.Load(initial);
        TVector sum41 = TSimd.Load(initial + vectorStride);
        TVector sum42 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum43 = TSimd.Load(initial + (3 * vectorStride));
        initial += tile.InitialStride;
        TVector sum50 = TSimd.Load(initial);
        TVector sum51 = TSimd.Load(initial + vectorStride);
        TVector sum52 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum53 = TSimd.Load(initial + (3 * vectorStride));

        float* left0 = tile.Left;
        float* left1 = left0 + tile.LeftStride;
        float* left2 = left1 + tile.LeftStride;
        float* left3 = left2 + tile.LeftStride;
        float* left4 = left3 + tile.LeftStride;
        float* left5 = left4 + tile.LeftStride;
        float* panel = tile.Panel;
        nint depth = tile.Depth;
        for (nint k = 0; k < depth; k++)
        {
            TVector weights0 = TSimd.Load(panel);
            TVector weights1 = TSimd.Load(panel + TSimd.Lanes);
            TVector weights2 = TSimd.Load(panel + (2 * TSimd.Lanes));
            TVector weights3 = TSimd.Load(panel + (3 * TSimd.Lanes));

            TVector value = TSimd.Broadcast(left0[k]);
            sum00 = TSimd.FusedMultiplyAdd(value, weights0, sum00);
            sum01 = TSimd.FusedMultiplyAdd(value, weights1, sum01);
            sum02 = TSimd.FusedMultiplyAdd(value, weights2, sum02);
            sum03 = TSimd.FusedMultiplyAdd(value, weights3, sum03);

            value = TSimd.Broadcast(left1[k]);
            sum10 = TSimd.FusedMultiplyAdd(value, weights0, sum10);
            sum11 = TSimd.FusedMultiplyAdd(value, weights1, sum11);
            sum12 = TSimd.FusedMultiplyAdd(value, weights2, sum12);
            sum13 = TSimd.FusedMultiplyAdd(value, weights3, sum13);

            value = TSimd.Broadcast(left2[k]);
            sum20 = TSimd.FusedMultiplyAdd(value, weights0, sum20);
            sum21 = TSimd.FusedMultiplyAdd(value, weights1, sum21);
            sum22 = TSimd.FusedMultiplyAdd(value, weights2, sum22);
            sum23 = TSimd.FusedMultiplyAdd(value, weights3, sum23);

            value = TSimd.Broadcast(left3[k]);
            sum30 = TSimd.FusedMultiplyAdd(value, weights0, sum30);
            sum31 = TSimd.FusedMultiplyAdd(value, weights1, sum31);
            sum32 = TSimd.FusedMultiplyAdd(value, weights2, sum32);
            sum33 = TSimd.FusedMultiplyAdd(value, weights3, sum33);

            value = TSimd.Broadcast(left4[k]);
            sum40 = TSimd.FusedMultiplyAdd(value, weights0, sum40);
            sum41 = TSimd.FusedMultiplyAdd(value, weights1, sum41);
            sum42 = TSimd.FusedMultiplyAdd(value, weights2, sum42);
            sum43 = TSimd.FusedMultiplyAdd(value, weights3, sum43);

            value = TSimd.Broadcast(left5[k]);
            sum50 = TSimd.FusedMultiplyAdd(value, weights0, sum50);
            sum51 = TSimd.FusedMultiplyAdd(value, weights1, sum51);
            sum52 = TSimd.FusedMultiplyAdd(value, weights2, sum52);
            sum53 = TSimd.FusedMultiplyAdd(value, weights3, sum53);

            panel += Panels.Vectors * TSimd.Lanes;
        }

        float* result = tile.Result;
        TSimd.Store(sum00, result);
        TSimd.Store(sum01, result + vectorStride);
        TSimd.Store(sum02, result + (2 * vectorStride));
        TSimd.Store(sum03, result + (3 * vectorStride));
        result += tile.ResultStride;
        TSimd.Store(sum10, result);
        TSimd.Store(sum11, result + vectorStride);
        TSimd.Store(sum12, result + (2 * vectorStride));
        TSimd.Store(sum13, result + (3 * vectorStride));
        result += tile.ResultStride;
        TSimd.Store(sum20, result);
        TSimd.Store(sum21, result + vectorStride);
        TSimd.Store(sum22, result + (2 * vectorStride));
        TSimd.Store(sum23, result + (3 * vectorStride));
        result += tile.ResultStride;
        TSimd.Store(sum30, result);
        TSimd.Store(sum31, result + vectorStride);
        TSimd.Store(sum32, result + (2 * vectorStride));
        TSimd.Store(sum33, result + (3 * vectorStride));
        result += tile.ResultStride;
        TSimd.Store(sum40, result);
        TSimd.Store(sum41, result + vectorStride);
        TSimd.Store(sum42, result + (2 * vectorStride));
        TSimd.Store(sum43, result + (3 * vectorStride));
        result += tile.ResultStride;
        TSimd.Store(sum50, result);
        TSimd.Store(sum51, result + vectorStride);
        TSimd.Store(sum52, result + (2 * vectorStride));
        TSimd.Store(sum53, result + (3 * vectorStride));
    }

    /// <summary>Six rows, the first two vectors of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SixRowsTwoVectors(in Tile tile)
    {
        float* initial = tile.Initial;
        nint vectorStride = tile.VectorStride;
        TVector sum00 = TSimd.Load(initial);
        TVector sum01 = TSimd.Load(initial + vectorStride);
        initial += tile.InitialStride;
        TVector sum10 = TSimd.Load(initial);
        TVector sum11 = TSimd.Load(initial + vectorStride);
        initial += tile.InitialStride;
        TVector sum20 = TSimd.Load(initial);
        TVector sum21 = TSimd.Load(initial + vectorStride);
        initial += tile.InitialStride;
        TVector sum30 = TSimd.Load(initial);
        TVector sum31 = TSimd.Load(initial + vectorStride);
        initial += tile.InitialStride;
        TVector sum40 = TSimd.Load(initial);
        TVector sum41 = TSimd.Load(initial + vectorStride);
        initial += tile.InitialStride;
        TVector sum50 = TSimd.Load(initial);
        TVector sum51 = TSimd.Load(initial + vectorStride);

        float* left0 = tile.Left;
        float* left1 = left0 + tile.LeftStride;
        float* left2 = left1 + tile.LeftStride;
        float* left3 = left2 + tile.LeftStride;
        float* left4 = left3 + tile.LeftStride;
        float* left5 = left4 + tile.LeftStride;
        float* panel = tile.Panel;
        nint depth = tile.Depth;
        for (nint k = 0; k < depth; k++)
        {
            TVector weights0 = TSimd.Load(panel);
            TVector weights1 = TSimd.Load(panel + TSimd.Lanes);

            TVector value = TSimd.Broadcast(left0[k]);
            sum00 = TSimd.FusedMultiplyAdd(value, weights0, sum00);
            sum01 = TSimd.FusedMultiplyAdd(value, weights1, sum01);

            value = TSimd.Broadcast(left1[k]);
            sum10 = TSimd.FusedMultiplyAdd(value, weights0, sum10);
            sum11 = TSimd.FusedMultiplyAdd(value, weights1, sum11);

            value = TSimd.Broadcast(left2[k]);
            sum20 = TSimd.FusedMultiplyAdd(value, weights0, sum20);
            sum21 = TSimd.FusedMultiplyAdd(value, weights1, sum21);

            value = TSimd.Broadcast(left3[k]);
            sum30 = TSimd.FusedMultiplyAdd(value, weights0, sum30);
            sum31 = TSimd.FusedMultiplyAdd(value, weights1, sum31);

            value = TSimd.Broadcast(left4[k]);
            sum40 = TSimd.FusedMultiplyAdd(value, weights0, sum40);
            sum41 = TSimd.FusedMultiplyAdd(value, weights1, sum41);

            value = TSimd.Broadcast(left5[k]);
            sum50 = TSimd.FusedMultiplyAdd(value, weights0, sum50);
            sum51 = TSimd.FusedMultiplyAdd(value, weights1, sum51);

            panel += Panels.Vectors * TSimd.Lanes;
        }

        float* result = tile.Result;
        TSimd.Store(sum00, result);
        TSimd.Store(sum01, result + vectorStride);
        result += tile.ResultStride;
        TSimd.Store(sum10, result);
        TSimd.Store(sum11, result + vectorStride);
        result += tile.ResultStride;
        TSimd.Store(sum20, result);
        TSimd.Store(sum21, result + vectorStride);
        result += tile.ResultStride;
        TSimd.Store(sum30, result);
        TSimd.Store(sum31, result + vectorStride);
        result += tile.ResultStride;
        TSimd.Store(sum40, result);
        TSimd.Store(sum41, result + vectorStride);
        result += tile.ResultStride;
        TSimd.Store(sum50, result);
        TSimd.Store(sum51, result + vectorStride);
    }
}
