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
    internal const int Rounds = 10;
    internal const uint FactorOfA = 0xD2511F53;
    internal const uint FactorOfC = 0xCD9E8D57;
    internal const uint StepOfK = 0x9E3779B9;
    internal const uint StepOfL = 0xBB67AE85;

    /// <summary>The random block of a key and a counter.</summary>
    public static PhiloxWords Block(RandomKey key, PhiloxWords counter)
    {
        (uint a, uint b, uint c, uint d) = counter;
        (uint k, uint l) = key;
        for (int round = 0; round < Rounds; round++)
        {
            ulong p = (ulong)FactorOfA * a, q = (ulong)FactorOfC * c; // (1)
            (a, b, c, d) = ((uint)(q >> 32) ^ b ^ k, (uint)q, (uint)(p >> 32) ^ d ^ l, (uint)p); // (2)
            k += StepOfK;
            l += StepOfL;
        }

        return new PhiloxWords(a, b, c, d);
    }
}
