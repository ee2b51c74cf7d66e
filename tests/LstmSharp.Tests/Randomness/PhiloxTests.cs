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

    /// <summary>Whoever asks for a part gets the numbers of the whole.</summary>
    [Fact]
    public void Fill_AnyPart_IsThatOfTheWhole()
    {
        var key = RandomKey.Of(seed: -3, RandomPurpose.Dropout, place: 7);
        float[] whole = new float[41];
        Philox.Fill(key, 0, 1, 2, 3, whole);
        for (int first = 0; first < 9; first++)
        {
            for (int count = 0; count <= whole.Length - first; count++)
            {
                float[] part = new float[count];
                Philox.Fill(key, (uint)first, 1, 2, 3, part);
                part.Should().Equal(whole[first..(first + count)]);
            }
        }
    }

    [Fact]
    public void Fill_Numbers_AreTheHighest24BitsOfTheBlocksWords()
    {
        var key = RandomKey.Of(seed: 5, RandomPurpose.Dropout);
        float[] numbers = new float[8];
        Philox.Fill(key, 0, 10, 20, 30, numbers);
        PhiloxWords first = Philox.Block(key, new PhiloxWords(0, 10, 20, 30)), second = Philox.Block(key, new PhiloxWords(1, 10, 20, 30));
        uint[] words = [first.A, first.B, first.C, first.D, second.A, second.B, second.C, second.D];
        numbers.Should().Equal(words.Select(word => (word >> 8) / 16777216f));
        numbers.Should().OnlyContain(number => number >= 0 && number < 1);
    }

    /// <summary>Each of what the numbers depend on makes others.</summary>
    [Fact]
    public void Fill_OneCoordinateChanged_GivesUnrelatedNumbers()
    {
        float[][] draws =
        [
            Draw(1, 0, 0, 0, 0), Draw(2, 0, 0, 0, 0), Draw(1, 1, 0, 0, 0), Draw(1, 0, 1, 0, 0), Draw(1, 0, 0, 1, 0), Draw(1, 0, 0, 0, 1),
        ];
        for (int n = 0; n < draws.Length; n++)
        {
            for (int m = 0; m < n; m++)
            {
                Math.Abs(RandomStatistics.Correlation(draws[n], draws[m])).Should().BeLessThan(0.05);
            }
        }

        static float[] Draw(int seed, int place, uint b, uint c, uint d)
        {
            float[] numbers = new float[10_000];
            Philox.Fill(RandomKey.Of(seed, RandomPurpose.Dropout, place), 0, b, c, d, numbers);
            return numbers;
        }
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
