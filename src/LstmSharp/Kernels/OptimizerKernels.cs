using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LstmSharp.Kernels;

/// <summary>Runs an optimizer's update rule over the values of one parameter, in one pass.</summary>
/// <remarks>Every element's new value depends on its own old values alone, and the last values of a length that is no multiple of the
/// vector's go through the same code in a padded copy: the bits do not depend on the width.</remarks>
internal static unsafe partial class OptimizerKernels
{
    /// <summary>2^−100, added to a moment before its update and taken off after it.</summary>
    /// <remarks>A moment whose gradient stays 0 decays towards 0 and would rest among the subnormal numbers, which are slow. Through this
    /// sum it becomes a multiple of 2^−125 instead, which is a normal number; what is lost lies far below ε, which is 1e-15 at least.</remarks>
    private const float SubnormalGuard = 7.8886091e-31f;

    private const int MostLanes = 16;
    private const int MostArrays = 5;

    /// <summary>One optimizer's update of one vector of values.</summary>
    internal interface IRule
    {
        /// <summary>Updates the values at these addresses; the moments a rule does not use may point nowhere.</summary>
        void Apply<TSimd, TVector>(float* weights, float* gradients, float* first, float* second, float* third)
            where TSimd : ISimd<TVector>
            where TVector : struct;
    }

    /// <summary>Applies a rule to every value. A moment that the rule does not use is empty.</summary>
    public static void Update<TRule>(
        in TRule rule,
        SimdWidth width,
        ReadOnlySpan<float> gradients,
        Span<float> weights,
        Span<float> first,
        Span<float> second,
        Span<float> third)
        where TRule : struct, IRule
    {
        switch (width)
        {
            case SimdWidth.Bits512:
                Run<TRule, Simd512, Vector512<float>>(rule, gradients, weights, first, second, third);
                break;
            case SimdWidth.Bits256:
                Run<TRule, Simd256, Vector256<float>>(rule, gradients, weights, first, second, third);
                break;
            default:
                Run<TRule, Simd128, Vector128<float>>(rule, gradients, weights, first, second, third);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRule, TSimd, TVector>(
        in TRule rule,
        ReadOnlySpan<float> gradients,
        Span<float> weights,
        Span<float> first,
        Span<float> second,
        Span<float> third)
        where TRule : struct, IRule
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        int whole = weights.Length - (weights.Length % TSimd.Lanes);
        fixed (float* g = gradients, w = weights, m1 = first, m2 = second, m3 = third)
        {
            for (int n = 0; n < whole; n += TSimd.Lanes)
            {
                rule.Apply<TSimd, TVector>(w + n, g + n, m1 + n, m2 + n, m3 + n);
            }
        }

        if (whole < weights.Length)
        {
            float* padded = stackalloc float[MostArrays * MostLanes];
            float* g = padded, w = g + MostLanes, m1 = w + MostLanes, m2 = m1 + MostLanes, m3 = m2 + MostLanes;
            new Span<float>(padded, MostArrays * MostLanes).Clear();
            gradients[whole..].CopyTo(new Span<float>(g, MostLanes));
            CopyTail(weights, whole, w);
            CopyTail(first, whole, m1);
            CopyTail(second, whole, m2);
            CopyTail(third, whole, m3);
            rule.Apply<TSimd, TVector>(w, g, m1, m2, m3);
            CopyBack(w, weights, whole);
            CopyBack(m1, first, whole);
            CopyBack(m2, second, whole);
            CopyBack(m3, third, whole);
        }
    }

    private static void CopyTail(ReadOnlySpan<float> source, int start, float* destination)
    {
        if (!source.IsEmpty)
        {
            source[start..].CopyTo(new Span<float>(destination, MostLanes));
        }
    }

    private static void CopyBack(float* source, Span<float> destination, int start)
    {
        if (!destination.IsEmpty)
        {
            new ReadOnlySpan<float>(source, destination.Length - start).CopyTo(destination[start..]);
        }
    }

    /// <summary>Computes decay · moment + scale · addend, never among the subnormal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Accumulate<TSimd, TVector>(TVector decay, TVector moment, TVector scale, TVector addend)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        TVector guard = TSimd.Broadcast(SubnormalGuard);
        TVector sum = TSimd.FusedMultiplyAdd(scale, addend, TSimd.FusedMultiplyAdd(decay, moment, guard));
        return TSimd.Subtract(sum, guard);
    }

    /// <summary>Computes g + λ · w, the gradient with the L2 penalty's part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Penalized<TSimd, TVector>(float* gradients, float weightDecay, TVector weight)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        TVector gradient = TSimd.Load(gradients);
        return weightDecay == 0 ? gradient : TSimd.FusedMultiplyAdd(TSimd.Broadcast(weightDecay), weight, gradient);
    }
}
