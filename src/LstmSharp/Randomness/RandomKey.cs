namespace LstmSharp.Randomness;

/// <summary>The key of a stream of random numbers: the two words of Philox's key.</summary>
/// <param name="Seed">The user's seed, all 32 bits of it: s and −s are different keys.</param>
/// <param name="Stream">The purpose in the lowest 8 bits, the place above.</param>
internal readonly record struct RandomKey(uint Seed, uint Stream)
{
    /// <summary>The largest place.</summary>
    public const int LargestPlace = (1 << 24) - 1;

    private const uint Inside = 1;
    private const uint AtUpdate = 2;

    /// <summary>Makes the key of a seed, a purpose and a place; any two that differ in one of them are different.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="place">Which of several that draw for this purpose, such as a layer's place in its model; from 0 to
    /// <see cref="LargestPlace"/>.</param>
    public static RandomKey Of(int seed, RandomPurpose purpose, int place = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(place, LargestPlace);
        return new RandomKey((uint)seed, ((uint)place << 8) | (byte)purpose);
    }

    /// <summary>Makes the key of a layer.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="path">The layer's place in its model; of a nested layer, the places from the outermost layer's inward.</param>
    public static RandomKey Of(int seed, RandomPurpose purpose, ReadOnlySpan<int> path)
    {
        RandomKey key = Of(seed, purpose, path[0]);
        foreach (int place in path[1..])
        {
            key = key.In((uint)place);
        }

        return key;
    }

    /// <summary>The key of a layer inside the one that this is the key of.</summary>
    /// <param name="place">Its place there.</param>
    public RandomKey In(uint place) => Derive(place, 0, Inside);

    /// <summary>The key of an update of the weights.</summary>
    public RandomKey At(long update) => Derive((uint)update, (uint)(update >> 32), AtUpdate);

    /// <summary>A key of random words; the block is none of those that numbers are made of, whose last counter is 0.</summary>
    private RandomKey Derive(uint low, uint high, uint kind)
    {
        (uint seed, uint stream, _, _) = Philox.Block(this, new PhiloxWords(low, high, 0, kind));
        return new RandomKey(seed, stream);
    }
}
