using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>The innermost loops: sums stay in registers for the whole depth of all segments.</summary>
/// <remarks>Written out by hand, because an array or a struct of vectors, or a call inside the loop, would send every sum through
/// memory. Six rows of four vectors need 29 registers, six rows of two vectors 15. Tiles with few sums go through four values of k in
/// each turn of their loop: its counters are then few beside the fused multiply-adds, which is what counts where another thread shares the
/// core (docs/decisions/0006).</remarks>
internal static unsafe partial class Tiles<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>How many values of k a turn of an unrolled loop takes.</summary>
    private const int Unrolled = 4;

    /// <summary>Six rows, four vectors: for machines with 32 vector registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SixRowsFourVectors(in Product product, nint row, nint panel)
    {
        nint vectorStride = product.Initial.VectorStride;
        float* initial = product.Initial.At(row, panel);
        TVector sum00 = TSimd.Load(initial);
        TVector sum01 = TSimd.Load(initial + vectorStride);
        TVector sum02 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum03 = TSimd.Load(initial + (3 * vectorStride));
        initial += product.Initial.RowStride;
        TVector sum10 = TSimd.Load(initial);
        TVector sum11 = TSimd.Load(initial + vectorStride);
        TVector sum12 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum13 = TSimd.Load(initial + (3 * vectorStride));
        initial += product.Initial.RowStride;
        TVector sum20 = TSimd.Load(initial);
        TVector sum21 = TSimd.Load(initial + vectorStride);
        TVector sum22 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum23 = TSimd.Load(initial + (3 * vectorStride));
        initial += product.Initial.RowStride;
        TVector sum30 = TSimd.Load(initial);
        TVector sum31 = TSimd.Load(initial + vectorStride);
        TVector sum32 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum33 = TSimd.Load(initial + (3 * vectorStride));
        initial += product.Initial.RowStride;
        TVector sum40 = TSimd.Load(initial);
        TVector sum41 = TSimd.Load(initial + vectorStride);
        TVector sum42 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum43 = TSimd.Load(initial + (3 * vectorStride));
        initial += product.Initial.RowStride;
        TVector sum50 = TSimd.Load(initial);
        TVector sum51 = TSimd.Load(initial + vectorStride);
        TVector sum52 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum53 = TSimd.Load(initial + (3 * vectorStride));

        for (int n = 0; n < product.SegmentCount; n++)
        {
            ref readonly Segment segment = ref product.SegmentAt(n);
            float* left0 = segment.Left + (row * segment.LeftRowStride);
            float* left1 = left0 + segment.LeftRowStride;
            float* left2 = left1 + segment.LeftRowStride;
            float* left3 = left2 + segment.LeftRowStride;
            float* left4 = left3 + segment.LeftRowStride;
            float* left5 = left4 + segment.LeftRowStride;
            float* right = segment.Right + (panel * segment.PanelStride);
            nint leftStep = segment.LeftStep, rightStep = segment.RightStep, k = 0;
            for (nint rest = segment.Depth; rest > 0; rest--)
            {
                TVector right0 = TSimd.Load(right);
                TVector right1 = TSimd.Load(right + TSimd.Lanes);
                TVector right2 = TSimd.Load(right + (2 * TSimd.Lanes));
                TVector right3 = TSimd.Load(right + (3 * TSimd.Lanes));

                TVector value = TSimd.Broadcast(left0[k]);
                sum00 = TSimd.FusedMultiplyAdd(value, right0, sum00);
                sum01 = TSimd.FusedMultiplyAdd(value, right1, sum01);
                sum02 = TSimd.FusedMultiplyAdd(value, right2, sum02);
                sum03 = TSimd.FusedMultiplyAdd(value, right3, sum03);

                value = TSimd.Broadcast(left1[k]);
                sum10 = TSimd.FusedMultiplyAdd(value, right0, sum10);
                sum11 = TSimd.FusedMultiplyAdd(value, right1, sum11);
                sum12 = TSimd.FusedMultiplyAdd(value, right2, sum12);
                sum13 = TSimd.FusedMultiplyAdd(value, right3, sum13);

                value = TSimd.Broadcast(left2[k]);
                sum20 = TSimd.FusedMultiplyAdd(value, right0, sum20);
                sum21 = TSimd.FusedMultiplyAdd(value, right1, sum21);
                sum22 = TSimd.FusedMultiplyAdd(value, right2, sum22);
                sum23 = TSimd.FusedMultiplyAdd(value, right3, sum23);

                value = TSimd.Broadcast(left3[k]);
                sum30 = TSimd.FusedMultiplyAdd(value, right0, sum30);
                sum31 = TSimd.FusedMultiplyAdd(value, right1, sum31);
                sum32 = TSimd.FusedMultiplyAdd(value, right2, sum32);
                sum33 = TSimd.FusedMultiplyAdd(value, right3, sum33);

                value = TSimd.Broadcast(left4[k]);
                sum40 = TSimd.FusedMultiplyAdd(value, right0, sum40);
                sum41 = TSimd.FusedMultiplyAdd(value, right1, sum41);
                sum42 = TSimd.FusedMultiplyAdd(value, right2, sum42);
                sum43 = TSimd.FusedMultiplyAdd(value, right3, sum43);

                value = TSimd.Broadcast(left5[k]);
                sum50 = TSimd.FusedMultiplyAdd(value, right0, sum50);
                sum51 = TSimd.FusedMultiplyAdd(value, right1, sum51);
                sum52 = TSimd.FusedMultiplyAdd(value, right2, sum52);
                sum53 = TSimd.FusedMultiplyAdd(value, right3, sum53);

                right += rightStep;
                k += leftStep;
            }
        }

        vectorStride = product.Result.VectorStride;
        float* result = product.Result.At(row, panel);
        TSimd.Store(sum00, result);
        TSimd.Store(sum01, result + vectorStride);
        TSimd.Store(sum02, result + (2 * vectorStride));
        TSimd.Store(sum03, result + (3 * vectorStride));
        result += product.Result.RowStride;
        TSimd.Store(sum10, result);
        TSimd.Store(sum11, result + vectorStride);
        TSimd.Store(sum12, result + (2 * vectorStride));
        TSimd.Store(sum13, result + (3 * vectorStride));
        result += product.Result.RowStride;
        TSimd.Store(sum20, result);
        TSimd.Store(sum21, result + vectorStride);
        TSimd.Store(sum22, result + (2 * vectorStride));
        TSimd.Store(sum23, result + (3 * vectorStride));
        result += product.Result.RowStride;
        TSimd.Store(sum30, result);
        TSimd.Store(sum31, result + vectorStride);
        TSimd.Store(sum32, result + (2 * vectorStride));
        TSimd.Store(sum33, result + (3 * vectorStride));
        result += product.Result.RowStride;
        TSimd.Store(sum40, result);
        TSimd.Store(sum41, result + vectorStride);
        TSimd.Store(sum42, result + (2 * vectorStride));
        TSimd.Store(sum43, result + (3 * vectorStride));
        result += product.Result.RowStride;
        TSimd.Store(sum50, result);
        TSimd.Store(sum51, result + vectorStride);
        TSimd.Store(sum52, result + (2 * vectorStride));
        TSimd.Store(sum53, result + (3 * vectorStride));
    }

    /// <summary>Six rows, two neighbouring vectors of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SixRowsTwoVectors(in Product product, nint row, nint panel, int firstVector)
    {
        nint vectorStride = product.Initial.VectorStride;
        float* initial = product.Initial.At(row, panel) + (firstVector * vectorStride);
        TVector sum00 = TSimd.Load(initial);
        TVector sum01 = TSimd.Load(initial + vectorStride);
        initial += product.Initial.RowStride;
        TVector sum10 = TSimd.Load(initial);
        TVector sum11 = TSimd.Load(initial + vectorStride);
        initial += product.Initial.RowStride;
        TVector sum20 = TSimd.Load(initial);
        TVector sum21 = TSimd.Load(initial + vectorStride);
        initial += product.Initial.RowStride;
        TVector sum30 = TSimd.Load(initial);
        TVector sum31 = TSimd.Load(initial + vectorStride);
        initial += product.Initial.RowStride;
        TVector sum40 = TSimd.Load(initial);
        TVector sum41 = TSimd.Load(initial + vectorStride);
        initial += product.Initial.RowStride;
        TVector sum50 = TSimd.Load(initial);
        TVector sum51 = TSimd.Load(initial + vectorStride);

        for (int n = 0; n < product.SegmentCount; n++)
        {
            ref readonly Segment segment = ref product.SegmentAt(n);
            float* left0 = segment.Left + (row * segment.LeftRowStride);
            float* left1 = left0 + segment.LeftRowStride;
            float* left2 = left1 + segment.LeftRowStride;
            float* left3 = left2 + segment.LeftRowStride;
            float* left4 = left3 + segment.LeftRowStride;
            float* left5 = left4 + segment.LeftRowStride;
            float* right = segment.Right + (panel * segment.PanelStride) + (firstVector * TSimd.Lanes);
            nint leftStep = segment.LeftStep, rightStep = segment.RightStep, k = 0, rest = segment.Depth;
            for (; rest >= Unrolled; rest -= Unrolled)
            {
                AddSixRows(
                    left0 + k, left1 + k, left2 + k, left3 + k, left4 + k, left5 + k, right, ref sum00, ref sum01, ref sum10, ref sum11,
                    ref sum20, ref sum21, ref sum30, ref sum31, ref sum40, ref sum41, ref sum50, ref sum51);
                k += leftStep;
                right += rightStep;

                AddSixRows(
                    left0 + k, left1 + k, left2 + k, left3 + k, left4 + k, left5 + k, right, ref sum00, ref sum01, ref sum10, ref sum11,
                    ref sum20, ref sum21, ref sum30, ref sum31, ref sum40, ref sum41, ref sum50, ref sum51);
                k += leftStep;
                right += rightStep;

                AddSixRows(
                    left0 + k, left1 + k, left2 + k, left3 + k, left4 + k, left5 + k, right, ref sum00, ref sum01, ref sum10, ref sum11,
                    ref sum20, ref sum21, ref sum30, ref sum31, ref sum40, ref sum41, ref sum50, ref sum51);
                k += leftStep;
                right += rightStep;

                AddSixRows(
                    left0 + k, left1 + k, left2 + k, left3 + k, left4 + k, left5 + k, right, ref sum00, ref sum01, ref sum10, ref sum11,
                    ref sum20, ref sum21, ref sum30, ref sum31, ref sum40, ref sum41, ref sum50, ref sum51);
                k += leftStep;
                right += rightStep;
            }

            for (; rest > 0; rest--)
            {
                AddSixRows(
                    left0 + k, left1 + k, left2 + k, left3 + k, left4 + k, left5 + k, right, ref sum00, ref sum01, ref sum10, ref sum11,
                    ref sum20, ref sum21, ref sum30, ref sum31, ref sum40, ref sum41, ref sum50, ref sum51);
                k += leftStep;
                right += rightStep;
            }
        }

        vectorStride = product.Result.VectorStride;
        float* result = product.Result.At(row, panel) + (firstVector * vectorStride);
        TSimd.Store(sum00, result);
        TSimd.Store(sum01, result + vectorStride);
        result += product.Result.RowStride;
        TSimd.Store(sum10, result);
        TSimd.Store(sum11, result + vectorStride);
        result += product.Result.RowStride;
        TSimd.Store(sum20, result);
        TSimd.Store(sum21, result + vectorStride);
        result += product.Result.RowStride;
        TSimd.Store(sum30, result);
        TSimd.Store(sum31, result + vectorStride);
        result += product.Result.RowStride;
        TSimd.Store(sum40, result);
        TSimd.Store(sum41, result + vectorStride);
        result += product.Result.RowStride;
        TSimd.Store(sum50, result);
        TSimd.Store(sum51, result + vectorStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSixRows(
        float* left0,
        float* left1,
        float* left2,
        float* left3,
        float* left4,
        float* left5,
        float* right,
        ref TVector sum00,
        ref TVector sum01,
        ref TVector sum10,
        ref TVector sum11,
        ref TVector sum20,
        ref TVector sum21,
        ref TVector sum30,
        ref TVector sum31,
        ref TVector sum40,
        ref TVector sum41,
        ref TVector sum50,
        ref TVector sum51)
    {
        TVector right0 = TSimd.Load(right);
        TVector right1 = TSimd.Load(right + TSimd.Lanes);
        AddRow(TSimd.Broadcast(*left0), right0, right1, ref sum00, ref sum01);
        AddRow(TSimd.Broadcast(*left1), right0, right1, ref sum10, ref sum11);
        AddRow(TSimd.Broadcast(*left2), right0, right1, ref sum20, ref sum21);
        AddRow(TSimd.Broadcast(*left3), right0, right1, ref sum30, ref sum31);
        AddRow(TSimd.Broadcast(*left4), right0, right1, ref sum40, ref sum41);
        AddRow(TSimd.Broadcast(*left5), right0, right1, ref sum50, ref sum51);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(TVector value, TVector right0, TVector right1, ref TVector sum0, ref TVector sum1)
    {
        sum0 = TSimd.FusedMultiplyAdd(value, right0, sum0);
        sum1 = TSimd.FusedMultiplyAdd(value, right1, sum1);
    }
}
