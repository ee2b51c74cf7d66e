using LstmSharp.Samples.LongMemory;

namespace LstmSharp.Tests.Samples;

public sealed class LongMemoryTests
{
    [Fact]
    public void Train_HundredSteps_LstmRemembersAndVanillaRnnGuesses()
    {
        var experiment = new RecallExperiment { SequenceLength = 100, Updates = 400 };

        experiment.Test(experiment.Train(Network.LongMemoryLstm)).Should().BeGreaterThanOrEqualTo(0.95);
        experiment.Test(experiment.Train(Network.VanillaRnn)).Should().BeInRange(0.15, 0.35);
    }

    [Fact]
    public void Train_TenSteps_VanillaRnnRemembers()
    {
        var experiment = new RecallExperiment { SequenceLength = 10, Updates = 400 };

        experiment.Test(experiment.Train(Network.VanillaRnn)).Should().BeGreaterThanOrEqualTo(0.95);
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameBits()
    {
        var experiment = new RecallExperiment { SequenceLength = 10, Updates = 20 };

        SequenceModel one = experiment.Train(Network.LongMemoryLstm), other = experiment.Train(Network.LongMemoryLstm);

        for (int n = 0; n < one.Parameters.Count; n++)
        {
            one.Parameters[n].Values.SequenceEqual(other.Parameters[n].Values).Should().BeTrue();
        }
    }

    [Fact]
    public void Draw_EveryRow_HasItsClassFirstAndDistractorsAfterIt()
    {
        var batch = new FirstSymbolBatch(sequenceLength: 7, batchSize: 50);
        batch.Draw(new Random(1));

        var classes = new HashSet<int>();
        for (int row = 0; row < batch.BatchSize; row++)
        {
            classes.Add(batch.Classes[row]);
            for (int t = 0; t < batch.SequenceLength; t++)
            {
                float[] symbol = [.. Enumerable.Range(0, FirstSymbolBatch.SymbolCount).Select(k => batch.Input[t, row, k])];
                symbol.Sum().Should().Be(1);
                int shown = Array.IndexOf(symbol, 1);
                (t == 0 ? shown == batch.Classes[row] : shown >= FirstSymbolBatch.ClassCount).Should().BeTrue();
            }
        }

        classes.Should().HaveCount(FirstSymbolBatch.ClassCount);
    }

    [Theory]
    [InlineData(Activation.Identity, 1e20, 1e30)]
    [InlineData(Activation.Relu, 1e6, 1e30)]
    [InlineData(Activation.Tanh, 0.5, 1)]
    public void StateGrowth_WeightsAboveOne_OnlyTanhStaysBounded(Activation activation, double smallest, double largest)
    {
        float[] growth = StateGrowth.Run(activation, gain: 2, steps: 100).LargestHidden();

        growth.Should().HaveCount(100);
        ((double)growth.Max()).Should().BeInRange(smallest, largest);
    }

    [Theory]
    [InlineData("--output")]
    [InlineData("--output", "")]
    [InlineData("--quick", "now")]
    [InlineData("-quick")]
    public void Parse_WrongOption_Throws(params string[] arguments)
    {
        Action parse = () => Options.Parse(arguments);

        parse.Should().Throw<FormatException>();
    }
}
