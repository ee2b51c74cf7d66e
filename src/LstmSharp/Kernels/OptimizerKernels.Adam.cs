using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

internal static unsafe partial class OptimizerKernels
{
    /// <summary>Adam, AdamW and AMSGrad.</summary>
    /// <remarks>
    /// <code>
    /// (1) w = (1 − η·λ)·w                     AdamW
    /// (2) g = g + λ·w                         Adam
    /// (3) m = β₁·m + (1 − β₁)·g
    /// (4) v = β₂·v + (1 − β₂)·g²
    /// (5) a = max(a, v)                       AMSGrad; else a = v
    /// (6) w = w − η/(1 − β₁ᵗ) · m / (√a/√(1 − β₂ᵗ) + ε)
    /// </code>
    /// m, v and a are the first, second and third moment.</remarks>
    internal readonly struct Adam : IRule
    {
        /// <summary>1 − η·λ of AdamW, else 1.</summary>
        public required float WeightFactor { get; init; }

        public required float WeightDecay { get; init; }

        public required float Beta1 { get; init; }

        public required float Beta2 { get; init; }

        /// <summary>η/(1 − β₁ᵗ).</summary>
        public required float StepSize { get; init; }

        /// <summary>1/√(1 − β₂ᵗ).</summary>
        public required float RootScale { get; init; }

        public required float Epsilon { get; init; }

        public required bool KeepsLargest { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TSimd, TVector>(float* weights, float* gradients, float* first, float* second, float* third)
            where TSimd : ISimd<TVector>
            where TVector : struct
        {
            TVector weight = TSimd.Multiply(TSimd.Broadcast(WeightFactor), TSimd.Load(weights)); // (1)
            TVector gradient = Penalized<TSimd, TVector>(gradients, WeightDecay, weight); // (2)
            TVector mean = Accumulate<TSimd, TVector>(
                TSimd.Broadcast(Beta1), TSimd.Load(first), TSimd.Broadcast(1 - Beta1), gradient); // (3)
            TSimd.Store(mean, first);
            TVector square = Accumulate<TSimd, TVector>(
                TSimd.Broadcast(Beta2), TSimd.Load(second), TSimd.Multiply(TSimd.Broadcast(1 - Beta2), gradient), gradient); // (4)
            TSimd.Store(square, second);
            if (KeepsLargest)
            {
                square = TSimd.Max(TSimd.Load(third), square); // (5)
                TSimd.Store(square, third);
            }

            TVector root = TSimd.FusedMultiplyAdd(TSimd.Sqrt(square), TSimd.Broadcast(RootScale), TSimd.Broadcast(Epsilon));
            TVector step = TSimd.Divide(mean, root);
            TSimd.Store(TSimd.FusedNegateMultiplyAdd(TSimd.Broadcast(StepSize), step, weight), weights); // (6)
        }
    }
}
