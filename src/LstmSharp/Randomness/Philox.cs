using System.Runtime.CompilerServices;

namespace LstmSharp.Randomness;

/// <summary>Philox 4×32-10, a counter-based generator: the random block at any counter is a function of key and counter, without state, so
/// that any thread may compute any part, in any order, to the same bits on every platform and .NET version.</summary>
/// <remarks>Each of 10 rounds, with the key (k, l), of which k grows by 0x9E3779B9 and l by 0xBB67AE85 from round to round:
/// <code>
/// (1) p = 0xD2511F53 · a, q = 0xCD9E8D57 · c       64 bits each
/// (2) (a, b, c, d) = (high(q) ⊕ b ⊕ k, low(q), high(p) ⊕ d ⊕ l, low(p))
/// </code>
/// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.</remarks>
internal static class Philox
{
    private const int Rounds = 10;

    /// <summary>2⁻²⁴: a word's highest 24 bits as a number in [0, 1) are exact in float32.</summary>
    private const float UnitOf24Bits = 1f / (1 << 24);

    /// <summary>The random block of a key and a counter.</summary>
    public static PhiloxWords Block(RandomKey key, PhiloxWords counter)
    {
        (uint a, uint b, uint c, uint d) = counter;
        (uint k, uint l) = key;
        for (int round = 0; round < Rounds; round++)
        {
            ulong p = 0xD2511F53UL * a, q = 0xCD9E8D57UL * c; // (1)
            (a, b, c, d) = ((uint)(q >> 32) ^ b ^ k, (uint)q, (uint)(p >> 32) ^ d ^ l, (uint)p); // (2)
            k += 0x9E3779B9;
            l += 0xBB67AE85;
        }

        return new PhiloxWords(a, b, c, d);
    }

    /// <summary>Fills memory with neighbouring uniform numbers of [0, 1), those from <paramref name="first"/> on.</summary>
    /// <remarks>Number n is word n mod 4 of the block at the counter (n / 4, b, c, d): the same for whoever asks for it, with whatever
    /// numbers around it.</remarks>
    /// <param name="key">The seed, purpose and place.</param>
    /// <param name="first">The position of the first number, such as a unit's.</param>
    /// <param name="b">What else the numbers depend on, such as the time step.</param>
    /// <param name="c">Likewise, such as the sample.</param>
    /// <param name="d">Likewise, such as the update.</param>
    /// <param name="numbers">Receives the numbers, multiples of 2⁻²⁴.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(RandomKey key, uint first, uint b, uint c, uint d, Span<float> numbers)
    {
        PhiloxWords block = default;
        for (int n = 0; n < numbers.Length; n++)
        {
            uint position = first + (uint)n;
            if (n == 0 || position % 4 == 0)
            {
                block = Block(key, new PhiloxWords(position / 4, b, c, d));
            }

            uint word = (position % 4) switch { 0 => block.A, 1 => block.B, 2 => block.C, _ => block.D };
            numbers[n] = (word >> 8) * UnitOf24Bits;
        }
    }
}
