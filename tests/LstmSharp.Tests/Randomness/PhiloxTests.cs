using LstmSharp.Randomness;

namespace LstmSharp.Tests.Randomness;

public sealed class PhiloxTests
{
    /// <summary>The known answers that the authors publish with Random123.</summary>
    public static TheoryData<uint[], uint[], uint[]> KnownAnswers => new()
    {
        { [0, 0], [0, 0, 0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
        { [~0u, ~0u], [~0u, ~0u, ~0u, ~0u], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd] },
        {
            [0xa4093822, 0x299f31d0],
            [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]
        },
    };

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void Block_OfThePublishedKeysAndCounters_GivesTheKnownAnswers(uint[] key, uint[] counter, uint[] expected)
    {
        PhiloxWords block = Philox.Block(
            new RandomKey(key[0], key[1]), new PhiloxWords(counter[0], counter[1], counter[2], counter[3]));
        block.Should().Be(new PhiloxWords(expected[0], expected[1], expected[2], expected[3]));
    }

    [Fact]
    public void Of_EveryPartOfTheKey_MakesAnotherKey()
    {
        RandomKey[] keys =
        [
            RandomKey.Of(1, RandomPurpose.Weights), RandomKey.Of(-1, RandomPurpose.Weights), RandomKey.Of(1, RandomPurpose.Shuffle),
            RandomKey.Of(1, RandomPurpose.Weights, 1), RandomKey.Of(1, RandomPurpose.Weights, RandomKey.LargestPlace),
            RandomKey.Of(int.MinValue, RandomPurpose.Weights), RandomKey.Of(int.MaxValue, RandomPurpose.Weights),
        ];
        keys.Should().OnlyHaveUniqueItems();
        Action tooLarge = () => RandomKey.Of(1, RandomPurpose.Weights, RandomKey.LargestPlace + 1);
        tooLarge.Should().Throw<ArgumentOutOfRangeException>();
    }
}
