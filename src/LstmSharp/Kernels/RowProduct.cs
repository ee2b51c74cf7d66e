using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LstmSharp.Kernels;

/// <summary>What a row of values is multiplied by: b + Wx·x + Wh·h₋₁, every sum one chain of fused multiply-adds in the order of
/// <see cref="Product"/>.</summary>
internal unsafe struct RowWeights
{
    /// <summary>What each chain starts from, gate after gate: a row of <see cref="Panels"/> without a row stride.</summary>
    public required float* Initial;

    /// <summary>The distance between two vectors of a panel in <see cref="Initial"/>.</summary>
    public required nint VectorStride;

    /// <summary>The number of columns (plain panels) or units of each gate (interleaved).</summary>
    public required nint Units;

    public required nint InputSize;

    /// <summary>Wx, <c>[panel][InputSize][4 × Lanes]</c>.</summary>
    public required float* InputWeights;

    /// <summary>How many values h₋₁ has; 0 without a recurrent part.</summary>
    public nint HiddenSize;

    /// <summary>Wh, <c>[panel][HiddenSize][4 × Lanes]</c>.</summary>
    public float* HiddenWeights;
}

/// <summary>What becomes of the sums of one interleaved panel of a row while they are still in registers.</summary>
internal interface IRowEpilogue
{
    /// <summary>Whether the third sum has no part of h₋₁, and the fourth none of x. A constant for the compiler, which is why it is no
    /// default of this interface.</summary>
    static abstract bool HasThirds { get; }

    /// <summary>Works on the four gates' sums of some units; inlined, so that nothing goes through memory.</summary>
    void Apply<TSimd, TVector>(nint firstUnit, TVector sum0, TVector sum1, TVector sum2, TVector sum3)
        where TSimd : ISimd<TVector>
        where TVector : struct;
}

/// <summary>Runs the sums of one row on the chosen vector width: the direct way of a single step.</summary>
internal static unsafe class RowProduct
{
    /// <summary>Computes the gates of all units, handing those of each panel to the epilogue.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="weights">The weights, in interleaved panels.</param>
    /// <param name="x">The input.</param>
    /// <param name="h">The hidden state before the step.</param>
    /// <param name="lastFirst">Whether the last panel comes first: weights that were read last are still in the cache.</param>
    /// <param name="epilogue">What becomes of the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gates<TEpilogue>(SimdWidth width, in RowWeights weights, float* x, float* h, bool lastFirst, in TEpilogue epilogue)
        where TEpilogue : struct, IRowEpilogue
    {
        switch (width)
        {
            case SimdWidth.Bits512:
                RowProduct<Simd512, Vector512<float>>.Gates(weights, x, h, lastFirst, epilogue);
                break;
            case SimdWidth.Bits256:
                RowProduct<Simd256, Vector256<float>>.Gates(weights, x, h, lastFirst, epilogue);
                break;
            default:
                RowProduct<Simd128, Vector128<float>>.Gates(weights, x, h, lastFirst, epilogue);
                break;
        }
    }

    /// <summary>Computes the sums of plain panels and runs an epilogue on the whole row.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="weights">The weights, in plain panels.</param>
    /// <param name="x">The input.</param>
    /// <param name="h">The hidden state before the step; null without a recurrent part.</param>
    /// <param name="lastFirst">Whether the last panel comes first: weights that were read last are still in the cache.</param>
    /// <param name="result">Receives the sums: a row of <see cref="Panels.RowStride"/> floats.</param>
    /// <param name="epilogue">What becomes of the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Columns<TEpilogue>(
        SimdWidth width, in RowWeights weights, float* x, float* h, bool lastFirst, float* result, in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        switch (width)
        {
            case SimdWidth.Bits512:
                RowProduct<Simd512, Vector512<float>>.Columns(weights, x, h, lastFirst, result, epilogue);
                break;
            case SimdWidth.Bits256:
                RowProduct<Simd256, Vector256<float>>.Columns(weights, x, h, lastFirst, result, epilogue);
                break;
            default:
                RowProduct<Simd128, Vector128<float>>.Columns(weights, x, h, lastFirst, result, epilogue);
                break;
        }
    }
}

/// <summary>The loops of a single row.</summary>
internal static unsafe partial class RowProduct<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private static nint PanelWidth => Panels.Vectors * TSimd.Lanes;

    /// <summary>Two panels at a time: eight chains keep the processor busy, where four would wait for their own results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gates<TEpilogue>(in RowWeights weights, float* x, float* h, bool lastFirst, in TEpilogue epilogue)
        where TEpilogue : struct, IRowEpilogue
    {
        nint panels = (weights.Units + TSimd.Lanes - 1) / TSimd.Lanes;
        nint pairs = (panels + 1) / 2;
        for (nint n = 0; n < pairs; n++)
        {
            nint panel = 2 * (lastFirst ? pairs - 1 - n : n);
            if (TEpilogue.HasThirds)
            {
                Thirds(weights, x, h, panel, panel + 1 < panels, epilogue);
            }
            else if (panel + 1 < panels)
            {
                TwoPanels(weights, x, h, panel, epilogue);
            }
            else
            {
                OnePanel(weights, x, h, panel, epilogue);
            }
        }
    }

    /// <summary>Four vectors at a time, and single ones where columns are few.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns<TEpilogue>(in RowWeights weights, float* x, float* h, bool lastFirst, float* result, in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        Debug.Assert(weights.VectorStride == TSimd.Lanes, "The columns lie side by side.");
        nint width = PanelWidth, panels = (weights.Units + width - 1) / width;
        for (nint n = 0; n < panels; n++)
        {
            nint panel = lastFirst ? panels - 1 - n : n;
            nint first = panel * width, rest = weights.Units - first;
            if (rest > width / 2)
            {
                FourVectors(weights, x, h, panel, result + first);
                continue;
            }

            for (nint vector = 0; vector < rest; vector += TSimd.Lanes)
            {
                OneVector(weights, x, h, panel, vector, result + first + vector);
            }
        }

        epilogue.Apply<TSimd, TVector>(new TileArea(0, 1, 0, 0, ((int)weights.Units + TSimd.Lanes - 1) & -TSimd.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoPanels<TEpilogue>(in RowWeights weights, float* x, float* h, nint panel, in TEpilogue epilogue)
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
        float* left = x;
        nint depth = weights.InputSize, panelStride = depth * PanelWidth;
        float* right = weights.InputWeights + (panel * panelStride);
        for (int segment = 0; segment < 2; segment++)
        {
            for (nint k = 0; k < depth; k++, right += PanelWidth)
            {
                TVector value = TSimd.Broadcast(left[k]);
                float* second = right + panelStride;
                sum00 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right), sum00);
                sum01 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + TSimd.Lanes), sum01);
                sum02 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + (2 * TSimd.Lanes)), sum02);
                sum03 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + (3 * TSimd.Lanes)), sum03);
                sum10 = TSimd.FusedMultiplyAdd(value, TSimd.Load(second), sum10);
                sum11 = TSimd.FusedMultiplyAdd(value, TSimd.Load(second + TSimd.Lanes), sum11);
                sum12 = TSimd.FusedMultiplyAdd(value, TSimd.Load(second + (2 * TSimd.Lanes)), sum12);
                sum13 = TSimd.FusedMultiplyAdd(value, TSimd.Load(second + (3 * TSimd.Lanes)), sum13);
            }

            left = h;
            depth = weights.HiddenSize;
            panelStride = depth * PanelWidth;
            right = weights.HiddenWeights + (panel * panelStride);
        }

        epilogue.Apply<TSimd, TVector>(unit, sum00, sum01, sum02, sum03);
        epilogue.Apply<TSimd, TVector>(unit + TSimd.Lanes, sum10, sum11, sum12, sum13);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OnePanel<TEpilogue>(in RowWeights weights, float* x, float* h, nint panel, in TEpilogue epilogue)
        where TEpilogue : struct, IRowEpilogue
    {
        nint vectorStride = weights.VectorStride, unit = panel * TSimd.Lanes;
        float* initial = weights.Initial + unit;
        TVector sum0 = TSimd.Load(initial);
        TVector sum1 = TSimd.Load(initial + vectorStride);
        TVector sum2 = TSimd.Load(initial + (2 * vectorStride));
        TVector sum3 = TSimd.Load(initial + (3 * vectorStride));
        AddFour(x, weights.InputSize, weights.InputWeights, panel, ref sum0, ref sum1, ref sum2, ref sum3);
        AddFour(h, weights.HiddenSize, weights.HiddenWeights, panel, ref sum0, ref sum1, ref sum2, ref sum3);
        epilogue.Apply<TSimd, TVector>(unit, sum0, sum1, sum2, sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourVectors(in RowWeights weights, float* x, float* h, nint panel, float* result)
    {
        float* initial = weights.Initial + (panel * PanelWidth);
        TVector sum0 = TSimd.Load(initial);
        TVector sum1 = TSimd.Load(initial + TSimd.Lanes);
        TVector sum2 = TSimd.Load(initial + (2 * TSimd.Lanes));
        TVector sum3 = TSimd.Load(initial + (3 * TSimd.Lanes));
        AddFour(x, weights.InputSize, weights.InputWeights, panel, ref sum0, ref sum1, ref sum2, ref sum3);
        AddFour(h, weights.HiddenSize, weights.HiddenWeights, panel, ref sum0, ref sum1, ref sum2, ref sum3);
        TSimd.Store(sum0, result);
        TSimd.Store(sum1, result + TSimd.Lanes);
        TSimd.Store(sum2, result + (2 * TSimd.Lanes));
        TSimd.Store(sum3, result + (3 * TSimd.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OneVector(in RowWeights weights, float* x, float* h, nint panel, nint vector, float* result)
    {
        TVector sum = TSimd.Load(weights.Initial + (panel * PanelWidth) + vector);
        sum = AddOne(x, weights.InputSize, weights.InputWeights + vector, panel, sum);
        sum = AddOne(h, weights.HiddenSize, weights.HiddenWeights + vector, panel, sum);
        TSimd.Store(sum, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFour(
        float* left,
        nint depth,
        float* weights,
        nint panel,
        ref TVector sum0,
        ref TVector sum1,
        ref TVector sum2,
        ref TVector sum3)
    {
        float* right = weights + (panel * depth * PanelWidth);
        for (nint k = 0; k < depth; k++, right += PanelWidth)
        {
            TVector value = TSimd.Broadcast(left[k]);
            sum0 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right), sum0);
            sum1 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + TSimd.Lanes), sum1);
            sum2 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + (2 * TSimd.Lanes)), sum2);
            sum3 = TSimd.FusedMultiplyAdd(value, TSimd.Load(right + (3 * TSimd.Lanes)), sum3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector AddOne(float* left, nint depth, float* weights, nint panel, TVector sum)
    {
        float* right = weights + (panel * depth * PanelWidth);
        for (nint k = 0; k < depth; k++, right += PanelWidth)
        {
            sum = TSimd.FusedMultiplyAdd(TSimd.Broadcast(left[k]), TSimd.Load(right), sum);
        }

        return sum;
    }
}
