using System.Numerics.Tensors;
using LstmSharp.Kernels;
using LstmSharp.Tests.Models;

namespace LstmSharp.Tests.Diagnostics;

/// <summary>The gradient flow of rows of different length, of values and tokens, and with any number of threads.</summary>
public sealed class GradientFlowLawTests
{
    private const int Cases = 40;

    [Fact]
    public void Measure_RaggedRows_MatchTheReferenceOfEachRowAlone() => ForEachCase(run =>
    {
        GradientFlow flow = Measure(run);

        flow.Layers.Should().HaveCount(run.InitialState.Count);
        ModelRun[] rows = [.. Enumerable.Range(0, run.BatchSize).Where(row => run.Lengths[row] > 0).Select(run.Row)];
        foreach (LayerGradientFlow layer in flow.Layers.Where(layer => run.Model.Layers[layer.LayerIndex] == layer.Layer))
        {
            ReferenceGradientFlow[] oracles = [.. rows.Select(row => new ReferenceGradientFlow(row, layer.LayerIndex))];
            double largest = Norm(oracles, oracle => Enumerable.Range(0, oracle.Length).Max(oracle.HiddenNorm));
            for (int lag = 0; lag < layer.SequenceLength; lag++)
            {
                ReferenceGradientFlow[] seen = [.. oracles.Where(oracle => oracle.Length > lag)];
                ShouldBeClose(layer.HiddenNorms[lag], Norm(seen, oracle => oracle.HiddenNorm(lag)), largest, run);
                if (layer.HasCell)
                {
                    ShouldBeClose(layer.CellNorms[lag], Norm(seen, oracle => oracle.CellNorm(lag)), largest, run);
                }
            }
        }
    });

    [Fact]
    public void Measure_RaggedRows_CountSaturatedGatesFromEachRowsOwnLastStep() => ForEachCase(run =>
    {
        GradientFlow flow = Measure(run);
        (int Row, GradientFlow Flow)[] alone =
            [.. Enumerable.Range(0, run.BatchSize).Where(row => run.Lengths[row] > 0).Select(row => (row, Measure(run.Row(row))))];
        for (int n = 0; n < flow.Layers.Count; n++)
        {
            for (int lag = 0; lag < flow.Layers[n].SequenceLength; lag++)
            {
                double[] shares =
                    [.. alone.Where(row => row.Flow.Layers[n].SequenceLength > lag).Select(row => row.Flow.Layers[n].SaturatedShares[lag])];
                flow.Layers[n].SaturatedShares[lag].Should().BeApproximately(shares.DefaultIfEmpty(0).Average(), 1e-12, run.ToString());
            }
        }
    });

    [Theory]
    [InlineData(60, 40, 70)]
    [InlineData(40, 2, 300)]
    [InlineData(30, 1, 130)]
    [InlineData(300, 9, 130)]
    public void Measure_AnyWidthAndNumberOfThreads_GivesTheSameBits(int length, int batchSize, int hiddenSize)
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(hiddenSize).VanillaRnn(hiddenSize).Dense(2).Build(seed: 1);
        ModelRun run = ModelRun.DrawRagged(model, length, batchSize, new Random(length));
        model.LeastOperationsToShare = 0;
        model.MaxDegreeOfParallelism = 1;
        GradientFlow expected = Measure(run);
        foreach ((SimdWidth width, int threads) in
            ((SimdWidth, int)[])[(SimdWidth.Bits128, 1), (SimdWidth.Bits256, 3), (SimdWidth.Bits512, 2), (SimdWidths.Best, 8)])
        {
            model.Width = width;
            model.MaxDegreeOfParallelism = threads;
            GradientFlow actual = Measure(run);
            for (int n = 0; n < expected.Layers.Count; n++)
            {
                actual.Layers[n].HiddenNorms.Should().Equal(expected.Layers[n].HiddenNorms);
                actual.Layers[n].SaturatedShares.Should().Equal(expected.Layers[n].SaturatedShares);
            }

            actual.Layers[0].CellNorms.Should().Equal(expected.Layers[0].CellNorms);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MeasureGradientFlow_SequencesOfDifferentLength_IsTheGradientOfTheirLoss(bool ofTokens)
    {
        int[] lengths = [3, 5, 1];
        var random = new Random(1);
        SequenceModelBuilder builder = ofTokens ? SequenceModel.CreateForTokens(6, 4) : SequenceModel.Create(1);
        SequenceModel model = builder.Lstm(5).VanillaRnn(4).Dense(1).Build(seed: 2);
        int[][] tokens = [.. lengths.Select(length => Enumerable.Range(0, length).Select(_ => random.Next(6)).ToArray())];
        float[][] targets = [.. lengths.Select(length => RandomValues.Uniform(random, length))];
        float[][] values = [.. tokens.Select(row => Array.ConvertAll(row, token => (float)token))];
        SequenceDataset data = ofTokens
            ? new SequenceDataset(SequenceList.Of<int>(tokens), SequenceList.Of<float>(targets))
            : new SequenceDataset(SequenceList.Of<float>(values), SequenceList.Of<float>(targets));
        int[] padded = new int[5 * 3];
        for (int row = 0; row < 3; row++)
        {
            for (int t = 0; t < lengths[row]; t++)
            {
                padded[(t * 3) + row] = tokens[row][t];
            }
        }

        float[] paddedValues = Array.ConvertAll(padded, token => (float)token), gradient = new float[5 * 3];
        SequenceInput input = ofTokens
            ? new SequenceInput(new ReadOnlyTensorSpan<int>(padded, [5, 3]), lengths)
            : new SequenceInput(new ReadOnlyTensorSpan<float>(paddedValues, [5, 3, 1]), lengths);
        Tensor<float> output = model.Predict(input);
        for (int row = 0; row < 3; row++)
        {
            for (int t = 0; t < lengths[row]; t++)
            {
                gradient[(t * 3) + row] = 2 * (output[t, row, 0] - targets[row][t]) / lengths.Sum();
            }
        }

        GradientFlow expected = GradientFlow.Measure(model, input, new ReadOnlyTensorSpan<float>(gradient, [5, 3, 1]));

        GradientFlow actual = model.MeasureGradientFlow(data, Loss.MeanSquaredError);

        for (int n = 0; n < 2; n++)
        {
            actual.Layers[n].SequenceLength.Should().Be(5);
            for (int lag = 0; lag < 5; lag++)
            {
                double norm = expected.Layers[n].HiddenNorms[lag];
                norm.Should().BePositive();
                actual.Layers[n].HiddenNorms[lag].Should().BeApproximately(norm, 1e-5 * norm);
            }

            actual.Layers[n].SaturatedShares.Should().Equal(expected.Layers[n].SaturatedShares);
        }
    }

    private static void ForEachCase(Action<ModelRun> check)
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            int length = RandomModels.Length(random), rows = RandomModels.BatchSize(random);
            check(ModelRun.DrawRagged(RandomModels.DrawForRaggedRows(random), length, rows, random));
            check(ModelRun.DrawRagged(RandomModels.DrawForTokens(random), length, rows, random));
        }
    }

    private static GradientFlow Measure(ModelRun run) => GradientFlow.Measure(
        run.Model,
        run.ToInput(),
        new ReadOnlyTensorSpan<float>(run.OutputGradient, [run.Model.OutputLength(run.Length), run.BatchSize, run.Model.OutputSize]),
        run.InitialState);

    private static double Norm(ReferenceGradientFlow[] rows, Func<ReferenceGradientFlow, double> norm) =>
        Math.Sqrt(rows.Sum(row => norm(row) * norm(row)));

    private static void ShouldBeClose(double actual, double expected, double scale, ModelRun run) =>
        actual.Should().BeApproximately(expected, 1e-5 * (expected + scale), "of {0}, lengths {1}", run, string.Join(' ', run.Lengths));
}
