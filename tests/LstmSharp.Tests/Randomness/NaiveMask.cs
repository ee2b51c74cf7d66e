using LstmSharp.Randomness;

namespace LstmSharp.Tests.Randomness;

/// <summary>A dropout mask, number by number.</summary>
internal static class NaiveMask
{
    public static float Of(RandomKey key, int step, int sample, int unit, float rate)
    {
        (int group, int place) = Math.DivRem(unit, 32);
        PhiloxWords block = Philox.Block(key, new PhiloxWords((uint)((8 * group) + (place % 8)), (uint)step, (uint)sample, 0));
        uint[] words = [block.A, block.B, block.C, block.D];
        return words[place / 8] / 4294967296.0 < rate ? 0 : (float)(1 / (1 - (double)rate));
    }
}
