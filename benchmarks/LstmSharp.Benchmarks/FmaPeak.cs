using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LstmSharp.Kernels;

namespace LstmSharp.Benchmarks;

/// <summary>The most multiplications and additions that one core does, in registers alone.</summary>
internal static class FmaPeak
{
    private const int Accumulators = 12;
    private const int Repeats = 2_000_000;
    private const int Runs = 31;

    /// <summary>Measures 10⁹ multiplications and additions per second, the median of several runs.</summary>
    public static double Measure()
    {
        double[] runs = [.. Enumerable.Range(0, Runs).Select(_ => MeasureOnce())];
        Array.Sort(runs);
        return runs[Runs / 2];
    }

    private static double MeasureOnce()
    {
        long start = Stopwatch.GetTimestamp();
        switch (SimdWidths.Best)
        {
            case SimdWidth.Bits512:
                Loop<Simd512, Vector512<float>>();
                break;
            case SimdWidth.Bits256:
                Loop<Simd256, Vector256<float>>();
                break;
            default:
                Loop<Simd128, Vector128<float>>();
                break;
        }

        double flops = 2.0 * Accumulators * Repeats * SimdWidths.Best.Lanes();
        return flops / Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe float Loop<TSimd, TVector>()
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        TVector x = TSimd.Broadcast(0.999f), y = TSimd.Broadcast(0.001f);
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int n = 0; n < Repeats; n++)
        {
            a = TSimd.FusedMultiplyAdd(a, x, y);
            b = TSimd.FusedMultiplyAdd(b, x, y);
            c = TSimd.FusedMultiplyAdd(c, x, y);
            d = TSimd.FusedMultiplyAdd(d, x, y);
            e = TSimd.FusedMultiplyAdd(e, x, y);
            f = TSimd.FusedMultiplyAdd(f, x, y);
            g = TSimd.FusedMultiplyAdd(g, x, y);
            h = TSimd.FusedMultiplyAdd(h, x, y);
            i = TSimd.FusedMultiplyAdd(i, x, y);
            j = TSimd.FusedMultiplyAdd(j, x, y);
            k = TSimd.FusedMultiplyAdd(k, x, y);
            l = TSimd.FusedMultiplyAdd(l, x, y);
        }

        TVector sum = TSimd.Add(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)), TSimd.Add(TSimd.Add(e, f), TSimd.Add(g, h)));
        sum = TSimd.Add(sum, TSimd.Add(TSimd.Add(i, j), TSimd.Add(k, l)));
        float* lanes = stackalloc float[TSimd.Lanes];
        TSimd.Store(sum, lanes);
        return lanes[0];
    }
}
