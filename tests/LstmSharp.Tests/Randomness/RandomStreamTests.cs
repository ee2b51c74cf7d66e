using LstmSharp.Randomness;

namespace LstmSharp.Tests.Randomness;

public sealed class RandomStreamTests
{
    private static readonly RandomKey Key = RandomKey.Of(seed: 9, RandomPurpose.Weights, place: 2);

    /// <summary>The order of words, blocks and halves is part of every result's bits.</summary>
    [Fact]
    public void NextWordAndNextDouble_Draw_TheBlocksWordsInOrder()
    {
        PhiloxWords first = Philox.Block(Key, new PhiloxWords(0, 0, 4, 0)), second = Philox.Block(Key, new PhiloxWords(1, 0, 4, 0));
        var words = new RandomStream(Key, part: 4);
        Enumerable.Range(0, 6).Select(_ => words.NextWord()).Should().Equal(first.A, first.B, first.C, first.D, second.A, second.B);

        var numbers = new RandomStream(Key, part: 4);
        numbers.NextDouble().Should().Be((((ulong)first.A << 32) | first.B) / 2048 / 9007199254740992.0);
        numbers.NextDouble().Should().Be((((ulong)first.C << 32) | first.D) / 2048 / 9007199254740992.0);
    }

    [Fact]
    public void NextDouble_Many_LieInTheUnitIntervalWithItsMoments()
    {
        var random = new RandomStream(Key);
        float[] numbers = [.. Enumerable.Range(0, 200_000).Select(_ => random.NextDouble()).Select(number =>
        {
            number.Should().BeInRange(0, Math.BitDecrement(1.0));
            return (float)number;
        })];
        RandomStatistics.Mean(numbers).Should().BeApproximately(0.5, 0.003);
        RandomStatistics.Variance(numbers).Should().BeApproximately(1 / 12.0, 0.001);
        Math.Abs(RandomStatistics.Correlation(numbers[1..], numbers[..^1])).Should().BeLessThan(0.01);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void Next_ManyOfABound_AreEvenlySpread(int bound)
    {
        const int Draws = 60_000;
        var random = new RandomStream(Key);
        int[] counts = new int[bound];
        for (int n = 0; n < Draws; n++)
        {
            counts[random.Next(bound)]++;
        }

        double expected = (double)Draws / bound, chiSquared = counts.Sum(count => (count - expected) * (count - expected) / expected);
        chiSquared.Should().BeLessThan(30);
    }

    /// <summary>For 3 · 2³⁰, a plain remainder of a word would give the numbers below 2³⁰ twice as often as the others.</summary>
    [Fact]
    public void Next_OfABoundThatFitsBadly_FavoursNone()
    {
        var random = new RandomStream(Key);
        int low = Enumerable.Range(0, 30_000).Count(_ => random.Next(int.MaxValue) < int.MaxValue / 3);
        low.Should().BeInRange(9_500, 10_500);
        random.Invoking(r => r.Next(0)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
