using LstmSharp.Kernels;

namespace LstmSharp.Tests.Models;

/// <summary>The library against the double-precision reference.</summary>
public sealed class OracleTests
{
    private const double ForwardError = 2e-6;
    private const double GradientError = 1e-5;

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void ForwardAndBackward_RandomModel_MatchTheReference(int seed)
    {
        var random = new Random(seed);
        int length = RandomModels.Length(random);
        Check(ModelRun.Draw(RandomModels.Draw(random, length), length, RandomModels.BatchSize(random), random));
    }

    /// <summary>The reference takes the masks. A normalization divides by the deviation of its values, and their rounding errors with
    /// them.</summary>
    [Theory]
    [MemberData(nameof(Seeds), 100)]
    public void ForwardAndBackward_RandomModelThatTrains_MatchTheReference(int seed)
    {
        var random = new Random(seed);
        SequenceModel model = RandomModels.DrawForTraining(random);
        Check(ModelRun.Draw(model, RandomModels.Length(random), RandomModels.BatchSize(random), random, trains: true), errors: 10);
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(64, 1, 1, 130)]
    [InlineData(64, 13, 5, 17)]
    [InlineData(7, 32, 40, 130)]
    [InlineData(3, 128, 28, 51)]
    [InlineData(300, 2, 3, 3)]
    public void ForwardAndBackward_LstmOfAnOddShape_MatchTheReference(int length, int batchSize, int inputSize, int hiddenSize)
    {
        SequenceModel model = SequenceModel.Create(inputSize).Lstm(hiddenSize).Build(seed: hiddenSize);
        Check(ModelRun.Draw(model, length, batchSize, new Random(length)));
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(64, 1, 1, 130)]
    [InlineData(64, 13, 5, 17)]
    [InlineData(7, 32, 40, 130)]
    [InlineData(3, 128, 28, 51)]
    [InlineData(300, 2, 3, 3)]
    public void ForwardAndBackward_GruOfAnOddShape_MatchTheReference(int length, int batchSize, int inputSize, int hiddenSize)
    {
        foreach (GruReset reset in Enum.GetValues<GruReset>())
        {
            SequenceModel model = SequenceModel.Create(inputSize).Gru(hiddenSize, reset).Build(seed: hiddenSize, WeightInitialization.PyTorchUniform);
            Check(ModelRun.Draw(model, length, batchSize, new Random(length)));
        }
    }

    [Theory]
    [InlineData(GruReset.AfterProduct)]
    [InlineData(GruReset.BeforeProduct)]
    public void ForwardAndBackward_GruOfEveryHiddenSizeTo130_MatchTheReference(GruReset reset)
    {
        for (int hiddenSize = 1; hiddenSize <= 130; hiddenSize++)
        {
            SequenceModel model = SequenceModel.Create(3).Gru(hiddenSize, reset).Build(hiddenSize, WeightInitialization.PyTorchUniform);
            Check(ModelRun.Draw(model, length: 3, batchSize: 1 + (hiddenSize % 9), new Random(hiddenSize)));
        }
    }

    [Fact]
    public void ForwardAndBackward_EveryHiddenSizeTo130_MatchTheReference()
    {
        for (int hiddenSize = 1; hiddenSize <= 130; hiddenSize++)
        {
            SequenceModel model = hiddenSize % 2 == 0
                ? SequenceModel.Create(3).Lstm(hiddenSize).Build(hiddenSize)
                : SequenceModel.Create(3).VanillaRnn(hiddenSize).Dense(hiddenSize + 1).Build(hiddenSize);
            Check(ModelRun.Draw(model, length: 3, batchSize: 1 + (hiddenSize % 9), new Random(hiddenSize)));
        }
    }

    [Theory]
    [InlineData((int)SimdWidth.Bits128)]
    [InlineData((int)SimdWidth.Bits256)]
    [InlineData((int)SimdWidth.Bits512)]
    public void ForwardAndBackward_EveryWidth_MatchTheReference(int width)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            int length = RandomModels.Length(random);
            Check(ModelRun.Draw(RandomModels.Draw(random, length), length, RandomModels.BatchSize(random), random), (SimdWidth)width);
        }
    }

    public static TheoryData<int> Seeds(int count) => [.. Enumerable.Range(0, count)];

    private static void Check(ModelRun run, SimdWidth? width = null, double errors = 1)
    {
        Dictionary<string, float[]> actual = run.RunLibrary(width);
        Dictionary<string, double[]> expected = run.RunReference();
        actual.Keys.Should().BeEquivalentTo(expected.Keys);
        foreach ((string name, double[] values) in expected)
        {
            if (name.StartsWith("gradient", StringComparison.Ordinal))
            {
                double largest = name.EndsWith("Bias", StringComparison.Ordinal)
                    ? LargestOfItsLayer(name, expected)
                    : values.Max(Math.Abs);
                actual[name].ShouldBeWithin(values, errors * GradientError * Math.Max(largest, float.Epsilon), 0, $"{name} of {run.Model}");
            }
            else
            {
                actual[name].ShouldBeWithin(values, errors * ForwardError, errors * ForwardError, $"{name} of {run.Model}");
            }
        }
    }

    /// <summary>The largest entry of all gradients of a layer's parameters: the few entries of a bias can cancel to almost
    /// nothing.</summary>
    private static double LargestOfItsLayer(string name, Dictionary<string, double[]> results)
    {
        string layer = name.Split('.')[0];
        return results.Where(result => result.Key.Split('.')[0] == layer).Max(result => result.Value.Max(Math.Abs));
    }
}
