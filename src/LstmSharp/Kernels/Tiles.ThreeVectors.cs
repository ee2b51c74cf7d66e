using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>One stretch of a sum for the first two vectors of a panel and a third one: what a stretch has of columns of which another one has
/// the rest. The sums of the first two go on from <c>from</c>, the third begins here.</summary>
internal static unsafe partial class Tiles<TSimd, TVector>
{
    /// <summary>Six rows, three vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SixRowsThreeVectors(in Product product, in PanelRows from, in Segment segment, nint row, nint panel)
    {
        nint third = segment.Third, vectorStride = from.VectorStride, thirdStride = third * product.Initial.VectorStride;
        float* initial = from.At(row, panel);
        float* initialThird = product.Initial.At(row, panel) + thirdStride;
        TVector sum00 = TSimd.Load(initial);
        TVector sum01 = TSimd.Load(initial + vectorStride);
        TVector sum02 = TSimd.Load(initialThird);
        initial += from.RowStride;
        initialThird += product.Initial.RowStride;
        TVector sum10 = TSimd.Load(initial);
        TVector sum11 = TSimd.Load(initial + vectorStride);
        TVector sum12 = TSimd.Load(initialThird);
        initial += from.RowStride;
        initialThird += product.Initial.RowStride;
        TVector sum20 = TSimd.Load(initial);
        TVector sum21 = TSimd.Load(initial + vectorStride);
        TVector sum22 = TSimd.Load(initialThird);
        initial += from.RowStride;
        initialThird += product.Initial.RowStride;
        TVector sum30 = TSimd.Load(initial);
        TVector sum31 = TSimd.Load(initial + vectorStride);
        TVector sum32 = TSimd.Load(initialThird);
        initial += from.RowStride;
        initialThird += product.Initial.RowStride;
        TVector sum40 = TSimd.Load(initial);
        TVector sum41 = TSimd.Load(initial + vectorStride);
        TVector sum42 = TSimd.Load(initialThird);
        initial += from.RowStride;
        initialThird += product.Initial.RowStride;
        TVector sum50 = TSimd.Load(initial);
        TVector sum51 = TSimd.Load(initial + vectorStride);
        TVector sum52 = TSimd.Load(initialThird);

        float* left0 = segment.Left + (row * segment.LeftRowStride);
        float* left1 = left0 + segment.LeftRowStride;
        float* left2 = left1 + segment.LeftRowStride;
        float* left3 = left2 + segment.LeftRowStride;
        float* left4 = left3 + segment.LeftRowStride;
        float* left5 = left4 + segment.LeftRowStride;
        float* right = segment.Right + (panel * segment.PanelStride);
        nint leftStep = segment.LeftStep, rightStep = segment.RightStep, thirdOffset = third * TSimd.Lanes, k = 0;
        for (nint rest = segment.Depth; rest > 0; rest--)
        {
            TVector right0 = TSimd.Load(right);
            TVector right1 = TSimd.Load(right + TSimd.Lanes);
            TVector right2 = TSimd.Load(right + thirdOffset);
            AddThree(TSimd.Broadcast(left0[k]), right0, right1, right2, ref sum00, ref sum01, ref sum02);
            AddThree(TSimd.Broadcast(left1[k]), right0, right1, right2, ref sum10, ref sum11, ref sum12);
            AddThree(TSimd.Broadcast(left2[k]), right0, right1, right2, ref sum20, ref sum21, ref sum22);
            AddThree(TSimd.Broadcast(left3[k]), right0, right1, right2, ref sum30, ref sum31, ref sum32);
            AddThree(TSimd.Broadcast(left4[k]), right0, right1, right2, ref sum40, ref sum41, ref sum42);
            AddThree(TSimd.Broadcast(left5[k]), right0, right1, right2, ref sum50, ref sum51, ref sum52);
            right += rightStep;
            k += leftStep;
        }

        vectorStride = product.Result.VectorStride;
        thirdStride = third * vectorStride;
        float* result = product.Result.At(row, panel);
        TSimd.Store(sum00, result);
        TSimd.Store(sum01, result + vectorStride);
        TSimd.Store(sum02, result + thirdStride);
        result += product.Result.RowStride;
        TSimd.Store(sum10, result);
        TSimd.Store(sum11, result + vectorStride);
        TSimd.Store(sum12, result + thirdStride);
        result += product.Result.RowStride;
        TSimd.Store(sum20, result);
        TSimd.Store(sum21, result + vectorStride);
        TSimd.Store(sum22, result + thirdStride);
        result += product.Result.RowStride;
        TSimd.Store(sum30, result);
        TSimd.Store(sum31, result + vectorStride);
        TSimd.Store(sum32, result + thirdStride);
        result += product.Result.RowStride;
        TSimd.Store(sum40, result);
        TSimd.Store(sum41, result + vectorStride);
        TSimd.Store(sum42, result + thirdStride);
        result += product.Result.RowStride;
        TSimd.Store(sum50, result);
        TSimd.Store(sum51, result + vectorStride);
        TSimd.Store(sum52, result + thirdStride);
    }

    /// <summary>Four rows, three vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FourRowsThreeVectors(in Product product, in PanelRows from, in Segment segment, nint row, nint panel)
    {
        nint third = segment.Third, vectorStride = from.VectorStride, thirdStride = third * product.Initial.VectorStride;
        float* initial = from.At(row, panel);
        float* initialThird = product.Initial.At(row, panel) + thirdStride;
        TVector sum00 = TSimd.Load(initial);
        TVector sum01 = TSimd.Load(initial + vectorStride);
        TVector sum02 = TSimd.Load(initialThird);
        initial += from.RowStride;
        initialThird += product.Initial.RowStride;
        TVector sum10 = TSimd.Load(initial);
        TVector sum11 = TSimd.Load(initial + vectorStride);
        TVector sum12 = TSimd.Load(initialThird);
        initial += from.RowStride;
        initialThird += product.Initial.RowStride;
        TVector sum20 = TSimd.Load(initial);
        TVector sum21 = TSimd.Load(initial + vectorStride);
        TVector sum22 = TSimd.Load(initialThird);
        initial += from.RowStride;
        initialThird += product.Initial.RowStride;
        TVector sum30 = TSimd.Load(initial);
        TVector sum31 = TSimd.Load(initial + vectorStride);
        TVector sum32 = TSimd.Load(initialThird);

        float* left0 = segment.Left + (row * segment.LeftRowStride);
        float* left1 = left0 + segment.LeftRowStride;
        float* left2 = left1 + segment.LeftRowStride;
        float* left3 = left2 + segment.LeftRowStride;
        float* right = segment.Right + (panel * segment.PanelStride);
        nint leftStep = segment.LeftStep, rightStep = segment.RightStep, thirdOffset = third * TSimd.Lanes, k = 0;
        for (nint rest = segment.Depth; rest > 0; rest--)
        {
            TVector right0 = TSimd.Load(right);
            TVector right1 = TSimd.Load(right + TSimd.Lanes);
            TVector right2 = TSimd.Load(right + thirdOffset);
            AddThree(TSimd.Broadcast(left0[k]), right0, right1, right2, ref sum00, ref sum01, ref sum02);
            AddThree(TSimd.Broadcast(left1[k]), right0, right1, right2, ref sum10, ref sum11, ref sum12);
            AddThree(TSimd.Broadcast(left2[k]), right0, right1, right2, ref sum20, ref sum21, ref sum22);
            AddThree(TSimd.Broadcast(left3[k]), right0, right1, right2, ref sum30, ref sum31, ref sum32);
            right += rightStep;
            k += leftStep;
        }

        vectorStride = product.Result.VectorStride;
        thirdStride = third * vectorStride;
        float* result = product.Result.At(row, panel);
        TSimd.Store(sum00, result);
        TSimd.Store(sum01, result + vectorStride);
        TSimd.Store(sum02, result + thirdStride);
        result += product.Result.RowStride;
        TSimd.Store(sum10, result);
        TSimd.Store(sum11, result + vectorStride);
        TSimd.Store(sum12, result + thirdStride);
        result += product.Result.RowStride;
        TSimd.Store(sum20, result);
        TSimd.Store(sum21, result + vectorStride);
        TSimd.Store(sum22, result + thirdStride);
        result += product.Result.RowStride;
        TSimd.Store(sum30, result);
        TSimd.Store(sum31, result + vectorStride);
        TSimd.Store(sum32, result + thirdStride);
    }

    /// <summary>Two rows, three vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TwoRowsThreeVectors(in Product product, in PanelRows from, in Segment segment, nint row, nint panel)
    {
        nint third = segment.Third, vectorStride = from.VectorStride, thirdStride = third * product.Initial.VectorStride;
        float* initial = from.At(row, panel);
        float* initialThird = product.Initial.At(row, panel) + thirdStride;
        TVector sum00 = TSimd.Load(initial);
        TVector sum01 = TSimd.Load(initial + vectorStride);
        TVector sum02 = TSimd.Load(initialThird);
        initial += from.RowStride;
        initialThird += product.Initial.RowStride;
        TVector sum10 = TSimd.Load(initial);
        TVector sum11 = TSimd.Load(initial + vectorStride);
        TVector sum12 = TSimd.Load(initialThird);

        float* left0 = segment.Left + (row * segment.LeftRowStride);
        float* left1 = left0 + segment.LeftRowStride;
        float* right = segment.Right + (panel * segment.PanelStride);
        nint leftStep = segment.LeftStep, rightStep = segment.RightStep, thirdOffset = third * TSimd.Lanes, k = 0;
        for (nint rest = segment.Depth; rest > 0; rest--)
        {
            TVector right0 = TSimd.Load(right);
            TVector right1 = TSimd.Load(right + TSimd.Lanes);
            TVector right2 = TSimd.Load(right + thirdOffset);
            AddThree(TSimd.Broadcast(left0[k]), right0, right1, right2, ref sum00, ref sum01, ref sum02);
            AddThree(TSimd.Broadcast(left1[k]), right0, right1, right2, ref sum10, ref sum11, ref sum12);
            right += rightStep;
            k += leftStep;
        }

        vectorStride = product.Result.VectorStride;
        thirdStride = third * vectorStride;
        float* result = product.Result.At(row, panel);
        TSimd.Store(sum00, result);
        TSimd.Store(sum01, result + vectorStride);
        TSimd.Store(sum02, result + thirdStride);
        result += product.Result.RowStride;
        TSimd.Store(sum10, result);
        TSimd.Store(sum11, result + vectorStride);
        TSimd.Store(sum12, result + thirdStride);
    }

    /// <summary>One row, three vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneRowThreeVectors(in Product product, in PanelRows from, in Segment segment, nint row, nint panel)
    {
        nint third = segment.Third, vectorStride = from.VectorStride, thirdStride = third * product.Initial.VectorStride;
        float* initial = from.At(row, panel);
        float* initialThird = product.Initial.At(row, panel) + thirdStride;
        TVector sum00 = TSimd.Load(initial);
        TVector sum01 = TSimd.Load(initial + vectorStride);
        TVector sum02 = TSimd.Load(initialThird);

        float* left0 = segment.Left + (row * segment.LeftRowStride);
        float* right = segment.Right + (panel * segment.PanelStride);
        nint leftStep = segment.LeftStep, rightStep = segment.RightStep, thirdOffset = third * TSimd.Lanes, k = 0;
        for (nint rest = segment.Depth; rest > 0; rest--)
        {
            TVector right0 = TSimd.Load(right);
            TVector right1 = TSimd.Load(right + TSimd.Lanes);
            TVector right2 = TSimd.Load(right + thirdOffset);
            AddThree(TSimd.Broadcast(left0[k]), right0, right1, right2, ref sum00, ref sum01, ref sum02);
            right += rightStep;
            k += leftStep;
        }

        vectorStride = product.Result.VectorStride;
        thirdStride = third * vectorStride;
        float* result = product.Result.At(row, panel);
        TSimd.Store(sum00, result);
        TSimd.Store(sum01, result + vectorStride);
        TSimd.Store(sum02, result + thirdStride);
    }

    /// <summary>Copies the vector of a panel that no stretch of the sum has weights for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyVector(in Product product, nint row, nint rows, nint panel, nint vector)
    {
        float* from = product.Initial.At(row, panel) + (vector * product.Initial.VectorStride);
        float* to = product.Result.At(row, panel) + (vector * product.Result.VectorStride);
        for (; rows > 0; rows--, from += product.Initial.RowStride, to += product.Result.RowStride)
        {
            TSimd.Store(TSimd.Load(from), to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddThree(
        TVector value, TVector right0, TVector right1, TVector right2, ref TVector sum0, ref TVector sum1, ref TVector sum2)
    {
        sum0 = TSimd.FusedMultiplyAdd(value, right0, sum0);
        sum1 = TSimd.FusedMultiplyAdd(value, right1, sum1);
        sum2 = TSimd.FusedMultiplyAdd(value, right2, sum2);
    }
}
