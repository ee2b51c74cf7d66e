using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LstmSharp.Kernels;

/// <summary>The elementary functions over spans. An element's bits depend on neither its place nor the width.</summary>
internal static class ElementarySpans
{
    public static void Exp(ReadOnlySpan<float> source, Span<float> destination, SimdWidth width) =>
        Map<ExpFunction>(source, destination, width);

    public static void Tanh(ReadOnlySpan<float> source, Span<float> destination, SimdWidth width) =>
        Map<TanhFunction>(source, destination, width);

    public static void Sigmoid(ReadOnlySpan<float> source, Span<float> destination, SimdWidth width) =>
        Map<SigmoidFunction>(source, destination, width);

    private static void Map<TFunction>(ReadOnlySpan<float> source, Span<float> destination, SimdWidth width)
        where TFunction : IFunction
    {
        switch (width)
        {
            case SimdWidth.Bits512:
                Map<TFunction, Simd512, Vector512<float>>(source, destination);
                break;
            case SimdWidth.Bits256:
                Map<TFunction, Simd256, Vector256<float>>(source, destination);
                break;
            default:
                Map<TFunction, Simd128, Vector128<float>>(source, destination);
                break;
        }
    }

    /// <summary>Whole vectors first; the rest goes through one vector padded with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Map<TFunction, TSimd, TVector>(ReadOnlySpan<float> source, Span<float> destination)
        where TFunction : IFunction
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        Debug.Assert(source.Length == destination.Length);
        fixed (float* from = source, to = destination)
        {
            int n = 0;
            for (; n <= source.Length - TSimd.Lanes; n += TSimd.Lanes)
            {
                TSimd.Store(TFunction.Apply<TSimd, TVector>(TSimd.Load(from + n)), to + n);
            }

            if (n < source.Length)
            {
                Span<float> padded = stackalloc float[TSimd.Lanes];
                padded.Clear();
                source[n..].CopyTo(padded);
                fixed (float* rest = padded)
                {
                    TSimd.Store(TFunction.Apply<TSimd, TVector>(TSimd.Load(rest)), rest);
                }

                padded[..(source.Length - n)].CopyTo(destination[n..]);
            }
        }
    }

    private interface IFunction
    {
        static abstract TVector Apply<TSimd, TVector>(TVector x)
            where TSimd : ISimd<TVector>
            where TVector : struct;
    }

    private readonly struct ExpFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x)
            where TSimd : ISimd<TVector>
            where TVector : struct => ElementaryFunctions<TSimd, TVector>.Exp(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x)
            where TSimd : ISimd<TVector>
            where TVector : struct => ElementaryFunctions<TSimd, TVector>.Tanh(x);
    }

    private readonly struct SigmoidFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x)
            where TSimd : ISimd<TVector>
            where TVector : struct => ElementaryFunctions<TSimd, TVector>.Sigmoid(x);
    }
}
