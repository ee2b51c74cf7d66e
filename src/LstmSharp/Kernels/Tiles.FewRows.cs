using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

internal static unsafe partial class Tiles<TSimd, TVector>
{
    /// <summary>Four rows, four vectors: for machines with 32 vector registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FourRowsFourVectors(in Product product, nint row, nint panel)
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

        for (int n = 0; n < product.SegmentCount; n++)
        {
            ref readonly Segment segment = ref product.SegmentAt(n);
            float* left0 = segment.Left + (row * segment.LeftRowStride);
            float* left1 = left0 + segment.LeftRowStride;
            float* left2 = left1 + segment.LeftRowStride;
            float* left3 = left2 + segment.LeftRowStride;
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
    }

    /// <summary>Two rows; with <paramref name="half"/> only the first two vectors of the result are read and written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TwoRows(in Product product, nint row, nint panel, bool half)
    {
        nint vectorStride = product.Initial.VectorStride;
        float* initial0 = product.Initial.At(row, panel);
        float* initial1 = initial0 + product.Initial.RowStride;
        TVector sum00 = TSimd.Load(initial0);
        TVector sum01 = TSimd.Load(initial0 + vectorStride);
        TVector sum10 = TSimd.Load(initial1);
        TVector sum11 = TSimd.Load(initial1 + vectorStride);
        TVector sum02 = default;
        TVector sum03 = default;
        TVector sum12 = default;
        TVector sum13 = default;
        if (!half)
        {
            sum02 = TSimd.Load(initial0 + (2 * vectorStride));
            sum03 = TSimd.Load(initial0 + (3 * vectorStride));
            sum12 = TSimd.Load(initial1 + (2 * vectorStride));
            sum13 = TSimd.Load(initial1 + (3 * vectorStride));
        }

        for (int n = 0; n < product.SegmentCount; n++)
        {
            ref readonly Segment segment = ref product.SegmentAt(n);
            float* left0 = segment.Left + (row * segment.LeftRowStride);
            float* left1 = left0 + segment.LeftRowStride;
            float* right = segment.Right + (panel * segment.PanelStride);
            nint leftStep = segment.LeftStep, rightStep = segment.RightStep, k = 0, rest = segment.Depth;
            for (; rest >= Unrolled; rest -= Unrolled)
            {
                AddTwoRows(
                    left0 + k, left1 + k, right, ref sum00, ref sum01, ref sum02, ref sum03, ref sum10, ref sum11, ref sum12, ref sum13);
                k += leftStep;
                right += rightStep;

                AddTwoRows(
                    left0 + k, left1 + k, right, ref sum00, ref sum01, ref sum02, ref sum03, ref sum10, ref sum11, ref sum12, ref sum13);
                k += leftStep;
                right += rightStep;

                AddTwoRows(
                    left0 + k, left1 + k, right, ref sum00, ref sum01, ref sum02, ref sum03, ref sum10, ref sum11, ref sum12, ref sum13);
                k += leftStep;
                right += rightStep;

                AddTwoRows(
                    left0 + k, left1 + k, right, ref sum00, ref sum01, ref sum02, ref sum03, ref sum10, ref sum11, ref sum12, ref sum13);
                k += leftStep;
                right += rightStep;
            }

            for (; rest > 0; rest--)
            {
                AddTwoRows(
                    left0 + k, left1 + k, right, ref sum00, ref sum01, ref sum02, ref sum03, ref sum10, ref sum11, ref sum12, ref sum13);
                k += leftStep;
                right += rightStep;
            }
        }

        vectorStride = product.Result.VectorStride;
        float* result0 = product.Result.At(row, panel);
        float* result1 = result0 + product.Result.RowStride;
        TSimd.Store(sum00, result0);
        TSimd.Store(sum01, result0 + vectorStride);
        TSimd.Store(sum10, result1);
        TSimd.Store(sum11, result1 + vectorStride);
        if (!half)
        {
            TSimd.Store(sum02, result0 + (2 * vectorStride));
            TSimd.Store(sum03, result0 + (3 * vectorStride));
            TSimd.Store(sum12, result1 + (2 * vectorStride));
            TSimd.Store(sum13, result1 + (3 * vectorStride));
        }
    }

    /// <summary>One row; with <paramref name="half"/> only the first two vectors of the result are read and written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneRow(in Product product, nint row, nint panel, bool half)
    {
        nint vectorStride = product.Initial.VectorStride;
        float* initial0 = product.Initial.At(row, panel);
        TVector sum00 = TSimd.Load(initial0);
        TVector sum01 = TSimd.Load(initial0 + vectorStride);
        TVector sum02 = default;
        TVector sum03 = default;
        if (!half)
        {
            sum02 = TSimd.Load(initial0 + (2 * vectorStride));
            sum03 = TSimd.Load(initial0 + (3 * vectorStride));
        }

        for (int n = 0; n < product.SegmentCount; n++)
        {
            ref readonly Segment segment = ref product.SegmentAt(n);
            float* left0 = segment.Left + (row * segment.LeftRowStride);
            float* right = segment.Right + (panel * segment.PanelStride);
            nint leftStep = segment.LeftStep, rightStep = segment.RightStep, k = 0;
            for (nint rest = segment.Depth; rest > 0; rest--)
            {
                TVector value = TSimd.Broadcast(left0[k]);
                sum00 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right), sum00);
                sum01 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + TSimd.Lanes), sum01);
                sum02 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + (2 * TSimd.Lanes)), sum02);
                sum03 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + (3 * TSimd.Lanes)), sum03);

                right += rightStep;
                k += leftStep;
            }
        }

        vectorStride = product.Result.VectorStride;
        float* result0 = product.Result.At(row, panel);
        TSimd.Store(sum00, result0);
        TSimd.Store(sum01, result0 + vectorStride);
        if (!half)
        {
            TSimd.Store(sum02, result0 + (2 * vectorStride));
            TSimd.Store(sum03, result0 + (3 * vectorStride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTwoRows(
        float* left0,
        float* left1,
        float* right,
        ref TVector sum00,
        ref TVector sum01,
        ref TVector sum02,
        ref TVector sum03,
        ref TVector sum10,
        ref TVector sum11,
        ref TVector sum12,
        ref TVector sum13)
    {
        TVector right0 = TSimd.Load(right);
        TVector right1 = TSimd.Load(right + TSimd.Lanes);
        TVector right2 = TSimd.Load(right + (2 * TSimd.Lanes));
        TVector right3 = TSimd.Load(right + (3 * TSimd.Lanes));
        TVector value0 = TSimd.Broadcast(*left0);
        AddRow(value0, right0, right1, ref sum00, ref sum01);
        AddRow(value0, right2, right3, ref sum02, ref sum03);
        TVector value1 = TSimd.Broadcast(*left1);
        AddRow(value1, right0, right1, ref sum10, ref sum11);
        AddRow(value1, right2, right3, ref sum12, ref sum13);
    }
}
