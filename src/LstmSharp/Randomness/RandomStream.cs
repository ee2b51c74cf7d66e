namespace LstmSharp.Randomness;

/// <summary>Random numbers one after the other, for what is drawn once and in order: the words of <see cref="Philox"/>'s blocks at the
/// counters (0, 0, part, 0), (1, 0, part, 0) and so on, 64 bits of count.</summary>
/// <param name="key">The seed, purpose and place.</param>
/// <param name="part">Which of the independent streams of this key, such as an epoch.</param>
internal sealed class RandomStream(RandomKey key, uint part = 0)
{
    private const int WordsOfABlock = 4;

    /// <summary>2⁻⁵³.</summary>
    private const double UnitOf53Bits = 1.0 / (1UL << 53);

    private PhiloxWords _block;
    private ulong _nextBlock;
    private int _usedWords = WordsOfABlock;

    /// <summary>The next word, every value as likely.</summary>
    public uint NextWord()
    {
        if (_usedWords == WordsOfABlock)
        {
            _block = Philox.Block(key, new PhiloxWords((uint)_nextBlock, (uint)(_nextBlock >> 32), part, 0));
            _nextBlock++;
            _usedWords = 0;
        }

        return _usedWords++ switch { 0 => _block.A, 1 => _block.B, 2 => _block.C, _ => _block.D };
    }

    /// <summary>The next uniform number of [0, 1), a multiple of 2⁻⁵³ made of two words, the higher one first.</summary>
    public double NextDouble()
    {
        ulong high = NextWord();
        return (((high << 32) | NextWord()) >> 11) * UnitOf53Bits;
    }

    /// <summary>The next whole number from 0 to before a bound, every one exactly as likely: the high half of word × bound, words whose
    /// low half would favour some numbers passed over (Lemire 2019).</summary>
    /// <param name="bound">1 or more.</param>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        uint favoured = (uint)((1UL << 32) % (uint)bound);
        ulong product;
        do
        {
            product = (ulong)NextWord() * (uint)bound;
        }
        while ((uint)product < favoured);
        return (int)(product >> 32);
    }
}
