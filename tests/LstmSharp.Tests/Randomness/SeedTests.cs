using System.Numerics.Tensors;
using LstmSharp.Randomness;

namespace LstmSharp.Tests.Randomness;

/// <summary>What seeds promise: other seeds give independent weights and orders, whatever the seeds have in common.</summary>
public sealed class SeedTests
{
    private const int Width = 150;

    public static TheoryData<int> Seeds => [0, 1, 42, 1_000_000, int.MaxValue - 1, -7];

    /// <summary>With a generator whose state is linear in the seed, w(s + 1) − 2w(s) + w(s − 1) is a multiple of the range for every
    /// weight.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Build_ThreeNeighbouringSeeds_GiveWeightsWithoutALinearLaw(int seed)
    {
        float[] before = Weights(seed - 1), own = Weights(seed), after = Weights(seed + 1);
        double range = 2 * own.Max(MathF.Abs);
        double[] remainders = [.. own.Select((w, n) => Math.IEEERemainder(((double)after[n] - (2 * w) + before[n]) / range, 1))];
        remainders.Count(remainder => Math.Abs(remainder) < 0.01).Should().BeLessThan(own.Length / 20);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Build_NeighbouringAndOppositeSeeds_GiveUncorrelatedWeights(int seed)
    {
        float[] own = Weights(seed);
        foreach (int other in (int[])[seed + 1, seed - 1, ~seed, seed ^ int.MinValue, .. seed == 0 ? Array.Empty<int>() : [-seed]])
        {
            Math.Abs(RandomStatistics.Correlation(own, Weights(other))).Should().BeLessThan(0.03, "the other seed is {0}", other);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Build_PyTorchUniform_HasItsRangeAndMoments(int seed)
    {
        float[] weights = Weights(seed);
        float limit = 1 / MathF.Sqrt(Width);
        weights.Should().OnlyContain(w => MathF.Abs(w) <= limit);
        weights.Max().Should().BeGreaterThan(0.999f * limit);
        weights.Min().Should().BeLessThan(-0.999f * limit);
        RandomStatistics.Mean(weights).Should().BeApproximately(0, 0.02 * limit);
        RandomStatistics.Variance(weights).Should().BeApproximately(limit * limit / 3, 0.01 * limit * limit);
    }

    /// <summary>Every layer draws by its place: layers of one shape differ, and a layer's weights do not depend on those before it.</summary>
    [Fact]
    public void Build_LayersOfOneModel_DrawIndependently()
    {
        SequenceModel model = SequenceModel.Create(Width).Dense(Width).Dense(Width).Build(3);
        SequenceModel other = SequenceModel.Create(Width).Lstm(Width).Dense(Width).Build(3);
        float[] first = model.Parameters["0.Weights"].Values.ToArray(), second = model.Parameters["1.Weights"].Values.ToArray();
        Math.Abs(RandomStatistics.Correlation(first, second)).Should().BeLessThan(0.03);
        other.Parameters["1.Weights"].Values.ToArray().Should().Equal(second);
    }

    /// <summary>Bits that are meant to stay, on every version of .NET: the first block of key (1, 1) is drawn here by hand.</summary>
    [Fact]
    public void Build_ASeed_GivesTheWeightsOfThePublishedGenerator()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(1).Build(1, WeightInitialization.PyTorchUniform);
        PhiloxWords words = Philox.Block(new(1, 1), default);
        double Uniform(uint high, uint low) => (((ulong)high << 32) | low) / 2048 / 9007199254740992.0;
        model.Parameters["0.Weights"].Values[0].Should().Be((float)((Uniform(words.A, words.B) * 2) - 1));
        model.Parameters["0.Bias"].Values[0].Should().Be((float)((Uniform(words.C, words.D) * 2) - 1));
    }

    [Fact]
    public void Shuffle_NeighbouringAndOppositeSeedsAndEpochs_GiveUnrelatedOrders()
    {
        float[][] orders = [Order(1, 1), Order(2, 1), Order(-1, 1), Order(0, 1), Order(1, 2), Order(2, 2), Order(int.MinValue, 1)];
        foreach (float[] order in orders)
        {
            order.Order().Should().Equal(Enumerable.Range(0, order.Length).Select(n => (float)n));
            foreach (float[] other in orders.Where(other => other != order))
            {
                Math.Abs(RandomStatistics.Correlation(order, other)).Should().BeLessThan(0.12);
                order.Zip(other).Count(pair => pair.First == pair.Second).Should().BeLessThan(12, "two orders share about one place");
            }
        }

        Order(1, 1).Should().Equal(orders[0]);
    }

    private static float[] Weights(int seed) => SequenceModel.Create(Width).Dense(Width)
        .Build(seed, WeightInitialization.PyTorchUniform).Parameters["0.Weights"].Values.ToArray();

    /// <summary>The samples in the order of an epoch.</summary>
    private static float[] Order(int seed, int epoch, int count = 1_000)
    {
        Tensor<float> inputs = Tensor.Create(Enumerable.Range(0, count).Select(n => (float)n).ToArray(), [1, count, 1]);
        var dataset = new SequenceDataset(inputs, Tensor.CreateFromShape<float>([count, 1]));
        var batches = new EpochBatches(SequenceModel.Create(1).Dense(1).Build(), dataset, count, trains: false);
        batches.Shuffle(seed, epoch);
        return batches.Load(0).Inputs.ToArray();
    }
}
