using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LstmSharp.Randomness;

/// <summary>Random masks over rows: a value is hit where a word of <see cref="Philox"/> is below rate · 2³².</summary>
/// <remarks>Unit 32g + 8w + i takes word w of the block at the counter (8g + i, step, sample, 0): eight blocks at a time, one in each lane,
/// give 32 neighbouring units without a word changing its lane. The bits do not depend on the machine's vectors.</remarks>
internal static unsafe class RandomMask
{
    /// <summary>How many values one round takes; rows are a multiple of it long.</summary>
    public const int Group = 32;

    /// <summary>Which words hit: those below.</summary>
    /// <param name="rate">The share that is hit, from 0 to before 1.</param>
    public static uint Threshold(float rate) => (uint)((double)rate * (1L << 32));

    /// <summary>What makes up for what is dropped: 1/(1 − rate).</summary>
    public static float Scale(float rate) => (float)(1 / (1 - (double)rate));

    /// <summary>Lets a mask work on one row.</summary>
    /// <param name="key">The key of the layer and the update.</param>
    /// <param name="step">The time step.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="rate">The share that is hit, from 0 to before 1.</param>
    /// <param name="count">How many values, a multiple of <see cref="Group"/>.</param>
    /// <param name="use">What becomes of them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<TUse>(RandomKey key, uint step, uint sample, float rate, int count, TUse use)
        where TUse : struct, IMaskUse
    {
        var threshold = Vector256.Create(Threshold(rate));
        for (int first = 0; first < count; first += Group)
        {
            (Words even, Words odd) = (new Words(first / 4, step, sample), new Words((first / 4) + 1, step, sample));
            (uint k, uint l) = key;
            for (int round = 0; round < Philox.Rounds; round++)
            {
                even.Mix(k, l);
                odd.Mix(k, l);
                k += Philox.StepOfK;
                l += Philox.StepOfL;
            }

            use.Apply(first, Vector256.LessThan(Interleave(even.A, odd.A), threshold).AsSingle());
            use.Apply(first + 8, Vector256.LessThan(Interleave(even.B, odd.B), threshold).AsSingle());
            use.Apply(first + 16, Vector256.LessThan(Interleave(even.C, odd.C), threshold).AsSingle());
            use.Apply(first + 24, Vector256.LessThan(Interleave(even.D, odd.D), threshold).AsSingle());
        }
    }

    /// <summary>Lets a mask that was drawn before work on one row: <see cref="Keeping"/>.</summary>
    /// <param name="mask">All bits of the values that the mask hits, none of the others.</param>
    /// <param name="count">How many values, a multiple of <see cref="Group"/>.</param>
    /// <param name="use">What becomes of them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<TUse>(float* mask, int count, TUse use)
        where TUse : struct, IMaskUse
    {
        for (int first = 0; first < count; first += Vector256<float>.Count)
        {
            use.Apply(first, Vector256.Load(mask + first));
        }
    }

    /// <summary>The lower halves of both, one of each by turns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Interleave(Vector256<ulong> even, Vector256<ulong> odd) =>
        ((even & Vector256.Create((ulong)uint.MaxValue)) | (odd << 32)).AsUInt32();

    /// <summary>The words of every other of eight blocks, each in the lower half of a lane; what the upper half holds does not matter.</summary>
    private struct Words(int block, uint step, uint sample)
    {
        public Vector256<ulong> A = Vector256.Create((ulong)block) + (Vector256<ulong>.Indices * 2);
        public Vector256<ulong> B = Vector256.Create((ulong)step);
        public Vector256<ulong> C = Vector256.Create((ulong)sample);
        public Vector256<ulong> D = default;

        /// <summary>One round of <see cref="Philox"/>.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Mix(uint k, uint l)
        {
            Vector256<ulong> p = MultiplyLowHalves(A, Philox.FactorOfA), q = MultiplyLowHalves(C, Philox.FactorOfC); // (1)
            A = (q >> 32) ^ B ^ Vector256.Create((ulong)k); // (2)
            C = (p >> 32) ^ D ^ Vector256.Create((ulong)l);
            (B, D) = (q, p);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<ulong> MultiplyLowHalves(Vector256<ulong> words, uint factor) => Avx2.IsSupported
            ? Avx2.Multiply(words.AsUInt32(), Vector256.Create(factor))
            : (words & Vector256.Create((ulong)uint.MaxValue)) * Vector256.Create((ulong)factor);
    }
}
