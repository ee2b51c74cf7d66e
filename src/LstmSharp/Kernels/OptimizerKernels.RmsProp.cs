using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

internal static unsafe partial class OptimizerKernels
{
    /// <summary>RMSprop.</summary>
    /// <remarks>
    /// <code>
    /// (1) g = g + λ·w
    /// (2) v = α·v + (1 − α)·g²
    /// (3) m = α·m + (1 − α)·g                 centered
    /// (4) d = g / (√max(v − m², 0) + ε)       m = 0 unless centered
    /// (5) b = μ·b + d, d = b                  with momentum
    /// (6) w = w − η·d
    /// </code>
    /// v, m and b are the first, second and third moment.</remarks>
    internal readonly struct RmsProp : IRule
    {
        public required float LearningRate { get; init; }

        public required float WeightDecay { get; init; }

        public required float Alpha { get; init; }

        public required float Epsilon { get; init; }

        public required float Momentum { get; init; }

        public required bool Centered { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TSimd, TVector>(float* weights, float* gradients, float* first, float* second, float* third)
            where TSimd : ISimd<TVector>
            where TVector : struct
        {
            TVector weight = TSimd.Load(weights);
            TVector gradient = Penalized<TSimd, TVector>(gradients, WeightDecay, weight); // (1)
            TVector alpha = TSimd.Broadcast(Alpha), rest = TSimd.Broadcast(1 - Alpha);
            TVector square = Accumulate<TSimd, TVector>(alpha, TSimd.Load(first), TSimd.Multiply(rest, gradient), gradient); // (2)
            TSimd.Store(square, first);
            if (Centered)
            {
                TVector mean = Accumulate<TSimd, TVector>(alpha, TSimd.Load(second), rest, gradient); // (3)
                TSimd.Store(mean, second);
                square = TSimd.Max(TSimd.FusedNegateMultiplyAdd(mean, mean, square), TSimd.Broadcast(0));
            }

            TVector step = TSimd.Divide(gradient, TSimd.Add(TSimd.Sqrt(square), TSimd.Broadcast(Epsilon))); // (4)
            if (Momentum != 0)
            {
                step = Accumulate<TSimd, TVector>(TSimd.Broadcast(Momentum), TSimd.Load(third), TSimd.Broadcast(1), step); // (5)
                TSimd.Store(step, third);
            }

            TSimd.Store(TSimd.FusedNegateMultiplyAdd(TSimd.Broadcast(LearningRate), step, weight), weights); // (6)
        }
    }
}
