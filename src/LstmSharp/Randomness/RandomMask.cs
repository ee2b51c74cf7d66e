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
            Vector256<uint> a = Vector256.Create((uint)first / 4) + Vector256<uint>.Indices, b = Vector256.Create(step);
            Vector256<uint> c = Vector256.Create(sample), d = default;
            (uint k, uint l) = key;
            for (int round = 0; round < Philox.Rounds; round++)
            {
                (Vector256<uint> highOfP, Vector256<uint> lowOfP) = Multiply(a, Philox.FactorOfA); // (1)
                (Vector256<uint> highOfQ, Vector256<uint> lowOfQ) = Multiply(c, Philox.FactorOfC);
                a = highOfQ ^ b ^ Vector256.Create(k); // (2)
                c = highOfP ^ d ^ Vector256.Create(l);
                (b, d) = (lowOfQ, lowOfP);
                k += Philox.StepOfK;
                l += Philox.StepOfL;
            }

            use.Apply(first, Vector256.LessThan(a, threshold).AsSingle());
            use.Apply(first + 8, Vector256.LessThan(b, threshold).AsSingle());
            use.Apply(first + 16, Vector256.LessThan(c, threshold).AsSingle());
            use.Apply(first + 24, Vector256.LessThan(d, threshold).AsSingle());
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

    /// <summary>The 64 bits of each product, the higher and the lower half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<uint> High, Vector256<uint> Low) Multiply(Vector256<uint> words, uint factor)
    {
        var lowHalf = Vector256.Create((ulong)uint.MaxValue);
        Vector256<ulong> even = MultiplyLowHalves(words.AsUInt64(), factor), odd = MultiplyLowHalves(words.AsUInt64() >> 32, factor);
        return (((even >> 32) | (odd & ~lowHalf)).AsUInt32(), ((even & lowHalf) | (odd << 32)).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> MultiplyLowHalves(Vector256<ulong> words, uint factor) => Avx2.IsSupported
        ? Avx2.Multiply(words.AsUInt32(), Vector256.Create(factor))
        : (words & Vector256.Create((ulong)uint.MaxValue)) * Vector256.Create((ulong)factor);
}
