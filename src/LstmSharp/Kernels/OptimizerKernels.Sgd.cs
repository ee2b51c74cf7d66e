using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

internal static unsafe partial class OptimizerKernels
{
    /// <summary>Stochastic gradient descent.</summary>
    /// <remarks>
    /// <code>
    /// (1) d = g + λ·w
    /// (2) b = μ·b + s·d
    /// (3) d = b, or d + μ·b after Nesterov
    /// (4) w = w − η·d
    /// </code>
    /// (2) and (3) only with momentum; b is the first moment, and s is 1 in the first step, then 1 − dampening.</remarks>
    internal readonly struct Sgd : IRule
    {
        public required float LearningRate { get; init; }

        public required float WeightDecay { get; init; }

        public required float Momentum { get; init; }

        public required float GradientScale { get; init; }

        public required bool Nesterov { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TSimd, TVector>(float* weights, float* gradients, float* first, float* second, float* third)
            where TSimd : ISimd<TVector>
            where TVector : struct
        {
            TVector weight = TSimd.Load(weights);
            TVector step = Penalized<TSimd, TVector>(gradients, WeightDecay, weight); // (1)
            if (Momentum != 0)
            {
                TVector momentum = TSimd.Broadcast(Momentum);
                TVector buffer = Accumulate<TSimd, TVector>(
                    momentum, TSimd.Load(first), TSimd.Broadcast(GradientScale), step); // (2)
                TSimd.Store(buffer, first);
                step = Nesterov ? TSimd.FusedMultiplyAdd(momentum, buffer, step) : buffer; // (3)
            }

            TSimd.Store(TSimd.FusedNegateMultiplyAdd(TSimd.Broadcast(LearningRate), step, weight), weights); // (4)
        }
    }
}
