using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>Panels of which x has the first three vectors, and h₋₁ the first two and the last. In methods of their own: beside the loops of
/// four vectors, the compiler would keep those sums in memory.</summary>
internal static unsafe partial class RowProduct<TSimd, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Thirds<TEpilogue>(in RowWeights weights, float* x, float* h, nint panel, bool two, in TEpilogue epilogue)
        where TEpilogue : struct, IRowEpilogue
    {
        if (two)
        {
            TwoPanelsOfThirds(weights, x, h, panel, epilogue);
        }
        else
        {
            OnePanelOfThirds(weights, x, h, panel, epilogue);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoPanelsOfThirds<TEpilogue>(in RowWeights weights, float* x, float* h, nint panel, in TEpilogue epilogue)
        where TEpilogue : struct, IRowEpilogue
    {
        nint vectorStride = weights.VectorStride, unit = panel * TSimd.Lanes;
        float* initial = weights.Initial + unit;
        TVector sum00 = TSimd.Load(initial);
        TVector sum01 = TSimd.Load(initial + vectorStride);
        TVector sum02 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum03 = TSimd.Load(initial + (3 * vectorStride));
        initial += TSimd.Lanes;
        TVector sum10 = TSimd.Load(initial);
        TVector sum11 = TSimd.Load(initial + vectorStride);
        TVector sum12 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum13 = TSimd.Load(initial + (3 * vectorStride));
        nint third = 2 * TSimd.Lanes, fourth = 3 * TSimd.Lanes;
        float* right = weights.InputWeights + (panel * weights.InputSize * PanelWidth);
        float* second = right + (weights.InputSize * PanelWidth);
        for (nint k = 0; k < weights.InputSize; k++, right += PanelWidth, second += PanelWidth)
        {
            TVector value = TSimd.Broadcast(x[k]);
            sum00 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right), sum00);
            sum01 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + TSimd.Lanes), sum01);
            sum02 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + third), sum02);
            sum10 = TSimd.FusedMultiplyAdd(value, TSimd.Load(second), sum10);
            sum11 = TSimd.FusedMultiplyAdd(value, TSimd.Load(second + TSimd.Lanes), sum11);
            sum12 = TSimd.FusedMultiplyAdd(value, TSimd.Load(second + third), sum12);
        }

        right = weights.HiddenWeights + (panel * weights.HiddenSize * PanelWidth);
        second = right + (weights.HiddenSize * PanelWidth);
        for (nint k = 0; k < weights.HiddenSize; k++, right += PanelWidth, second += PanelWidth)
        {
            TVector value = TSimd.Broadcast(h[k]);
            sum00 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right), sum00);
            sum01 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + TSimd.Lanes), sum01);
            sum03 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + fourth), sum03);
            sum10 = TSimd.FusedMultiplyAdd(value, TSimd.Load(second), sum10);
            sum11 = TSimd.FusedMultiplyAdd(value, TSimd.Load(second + TSimd.Lanes), sum11);
            sum13 = TSimd.FusedMultiplyAdd(value, TSimd.Load(second + fourth), sum13);
        }

        epilogue.Apply<TSimd, TVector>(unit, sum00, sum01, sum02, sum03);
        epilogue.Apply<TSimd, TVector>(unit + TSimd.Lanes, sum10, sum11, sum12, sum13);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OnePanelOfThirds<TEpilogue>(in RowWeights weights, float* x, float* h, nint panel, in TEpilogue epilogue)
        where TEpilogue : struct, IRowEpilogue
    {
        nint vectorStride = weights.VectorStride, unit = panel * TSimd.Lanes;
        float* initial = weights.Initial + unit;
        TVector sum0 = TSimd.Load(initial);
        TVector sum1 = TSimd.Load(initial + vectorStride);
        TVector sum2 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum3 = TSimd.Load(initial + (3 * vectorStride));
        float* right = weights.InputWeights + (panel * weights.InputSize * PanelWidth);
        for (nint k = 0; k < weights.InputSize; k++, right += PanelWidth)
        {
            TVector value = TSimd.Broadcast(x[k]);
            sum0 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right), sum0);
            sum1 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + TSimd.Lanes), sum1);
            sum2 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + (2 * TSimd.Lanes)), sum2);
        }

        right = weights.HiddenWeights + (panel * weights.HiddenSize * PanelWidth);
        for (nint k = 0; k < weights.HiddenSize; k++, right += PanelWidth)
        {
            TVector value = TSimd.Broadcast(h[k]);
            sum0 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right), sum0);
            sum1 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + TSimd.Lanes), sum1);
            sum3 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + (3 * TSimd.Lanes)), sum3);
        }

        epilogue.Apply<TSimd, TVector>(unit, sum0, sum1, sum2, sum3);
    }
}
