using LstmSharp.Randomness;

namespace LstmSharp.Tests.Randomness;

public sealed unsafe class RandomMaskTests
{
    private static readonly RandomKey s_key = RandomKey.Of(seed: -3, RandomPurpose.Dropout, place: 7).At(update: 5);

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-9f)]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    [InlineData(0.99999994f)]
    public void Apply_EveryUnit_FollowsTheWordsOfThePhiloxBlocks(float rate)
    {
        float[] mask = Mask(s_key, step: 3, sample: -8, rate, count: 320);
        mask.Should().Equal(Enumerable.Range(0, mask.Length).Select(unit => NaiveMask.Of(s_key, 3, -8, unit, rate)));
    }

    [Fact]
    public void Apply_ValuesThatAreNotNumbers_DropToZero()
    {
        float[] mask = Mask(s_key, 0, 0, 0.5f, 64), row = [.. Enumerable.Repeat(float.NaN, 64)];
        fixed (float* values = row)
        {
            RandomMask.Apply(s_key, 0, 0, 0.5f, row.Length, new Dropping(0.5f, values, values));
        }

        row.Zip(mask, (value, kept) => kept == 0 ? value == 0 : float.IsNaN(value)).Should().OnlyContain(fits => fits);
    }

    [Fact]
    public void Apply_AMaskThatWasKept_DropsTheSame()
    {
        float[] kept = new float[320], row = [.. Enumerable.Range(-7, 320).Select(n => n * 0.37f)], again = [.. row];
        row[5] = again[5] = float.NaN;
        fixed (float* mask = kept, values = row, others = again)
        {
            RandomMask.Apply(s_key, 3, 8, 0.4f, row.Length, new Dropping(0.4f, values, values));
            RandomMask.Apply(s_key, 3, 8, 0.4f, row.Length, new Keeping(mask));
            RandomMask.Apply(mask, row.Length, new Dropping(0.4f, others, others));
        }

        Array.ConvertAll(again, BitConverter.SingleToInt32Bits).Should().Equal(Array.ConvertAll(row, BitConverter.SingleToInt32Bits));
    }

    /// <summary>The share of dropped values lies within five standard deviations of the rate.</summary>
    [Theory]
    [InlineData(0.05f)]
    [InlineData(0.2f)]
    [InlineData(0.5f)]
    [InlineData(0.8f)]
    public void Apply_ManyUnits_DropTheRate(float rate)
    {
        const int count = 1 << 20;
        int dropped = Mask(s_key, 1, 2, rate, count).Count(kept => kept == 0);
        ((double)dropped / count).Should().BeApproximately(rate, 5 * Math.Sqrt(rate * (1 - rate) / count));
    }

    /// <summary>Each of what a mask depends on makes another one.</summary>
    [Fact]
    public void Apply_OneCoordinateChanged_GivesAnUnrelatedMask()
    {
        RandomKey Key(int seed, int update, params int[] path) => RandomKey.Of(seed, RandomPurpose.Dropout, path).At(update);
        (RandomKey Key, int Step, int Sample)[] places =
        [
            (Key(1, 0, 0), 0, 0), (Key(2, 0, 0), 0, 0), (Key(1, 1, 0), 0, 0), (Key(1, 0, 1), 0, 0), (Key(1, 0, 0), 1, 0), (Key(1, 0, 0), 0, 1),
            (Key(1, 0, 0, 0), 0, 0), (Key(1, 0, 0, 1), 0, 0), (Key(1, 0, 0, 0, 1), 0, 0),
            (RandomKey.Of(1, RandomPurpose.Dropout, 0).At(1L << 32), 0, 0), (RandomKey.Of(1, RandomPurpose.Dropout, 0).At(-1), 0, 0),
        ];
        float[][] masks = [.. places.Select(place => Mask(place.Key, (uint)place.Step, place.Sample, 0.5f, 10_016))];
        for (int n = 0; n < masks.Length; n++)
        {
            for (int m = 0; m < n; m++)
            {
                Math.Abs(RandomStatistics.Correlation(masks[n], masks[m])).Should().BeLessThan(0.05, "{0} and {1} differ", places[n], places[m]);
            }
        }
    }

    private static float[] Mask(RandomKey key, uint step, int sample, float rate, int count)
    {
        float[] row = [.. Enumerable.Repeat(1f, count)];
        fixed (float* values = row)
        {
            RandomMask.Apply(key, step, (uint)sample, rate, count, new Dropping(rate, values, values));
        }

        return row;
    }
}
