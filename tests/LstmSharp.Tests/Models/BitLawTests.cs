using System.Numerics.Tensors;
using LstmSharp.Kernels;
using LstmSharp.Tests.Serialization;

namespace LstmSharp.Tests.Models;

/// <summary>The promises that hold to the last bit, over random models and shapes.</summary>
public sealed class BitLawTests
{
    private const int Cases = 200;

    /// <summary>Shapes (T, B, H) beyond one piece of everything that the engine cuts up: steps whose inputs are multiplied together,
    /// rows of a block, panels of columns, pieces of a long sequence.</summary>
    private static readonly (int Length, int BatchSize, int HiddenSize)[] LargeShapes =
        [(100, 20, 70), (9, 70, 130), (64, 1, 300), (300, 9, 130), (5, 128, 130), (2, 4200, 3)];

    [Fact]
    public void Predict_TwoHalves_EqualOnePass() =>
        ForEachCase(run =>
        {
            int cut = run.Length / 2;
            ModelState state = run.Model.CreateState(run.BatchSize);
            state.CopyFrom(run.InitialState);
            float[] first = Predict(run, 0, cut, state), second = Predict(run, cut, run.Length, state);
            (float[] whole, ModelState final) = PredictWhole(run);
            BitAssertions.ShouldHaveTheBitsOf([.. first, .. second], whole, "{0} must keep its bits", run);
            BitAssertions.ShouldHaveTheBitsOf(state.Values(), final.Values(), "{0} must keep its bits", run);
        });

    [Fact]
    public void Predict_StepByStep_EqualsTheWholeSequence() =>
        ForEachCase(run =>
        {
            ModelState state = run.Model.CreateState(run.BatchSize);
            state.CopyFrom(run.InitialState);
            List<float> steps = [];
            for (int t = 0; t < run.Length; t++)
            {
                steps.AddRange(Predict(run, t, t + 1, state));
            }

            (float[] whole, ModelState final) = PredictWhole(run);
            BitAssertions.ShouldHaveTheBitsOf([.. steps], whole, "{0} must keep its bits", run);
            BitAssertions.ShouldHaveTheBitsOf(state.Values(), final.Values(), "{0} must keep its bits", run);
        });

    [Fact]
    public void Predict_ARowAlone_EqualsTheRowInItsBatch() =>
        ForEachCase(run =>
        {
            (float[] whole, _) = PredictWhole(run);
            int row = run.BatchSize / 2;
            ModelState state = run.Model.CreateState(1);
            for (int n = 0; n < state.Count; n++)
            {
                int hiddenSize = state[n].HiddenSize;
                run.InitialState[n].Hidden.Slice(row * hiddenSize, hiddenSize).CopyTo(state[n].Hidden);
                if (state[n] is LstmState lstm)
                {
                    ((LstmState)run.InitialState[n]).Cell.Slice(row * hiddenSize, hiddenSize).CopyTo(lstm.Cell);
                }
            }

            float[] input = Column(run.Input, run.BatchSize, run.Model.InputSize, row);
            Tensor<float> alone = run.Model.Predict(Tensor.Create(input, [run.Length, 1, run.Model.InputSize]), state);
            BitAssertions.ShouldHaveTheBitsOf(Values(alone), Column(whole, run.BatchSize, run.Model.OutputSize, row), "{0} must keep its bits", run);
        });

    [Fact]
    public void ForwardAndBackward_EveryWidth_GiveTheSameBits() =>
        ForEachCase(
            run =>
            {
                Dictionary<string, float[]> expected = run.RunLibrary(SimdWidth.Bits256);
                foreach (SimdWidth width in (SimdWidth[])[SimdWidth.Bits128, SimdWidth.Bits512])
                {
                    foreach ((string name, float[] values) in run.RunLibrary(width))
                    {
                        BitAssertions.ShouldHaveTheBitsOf(values, expected[name], "{0} must keep its bits", run);
                    }
                }
            },
            anyLayers: true);

    [Fact]
    public void ForwardAndBackward_EveryThreadCount_GivesTheSameBits() =>
        ForEachCase(
            run =>
            {
                Dictionary<string, float[]> expected = run.RunLibrary(threads: 1);
                foreach (int threads in (int[])[2, 3, 8])
                {
                    foreach ((string name, float[] values) in run.RunLibrary(threads: threads))
                    {
                        BitAssertions.ShouldHaveTheBitsOf(values, expected[name], "{0} must keep its bits", run);
                    }

                    BitAssertions.ShouldHaveTheBitsOf(PredictWhole(run).Output, expected["output"], "{0} must keep its bits", run);
                }
            },
            anyLayers: true);

    [Fact]
    public void Predict_WithoutKeepingActivations_EqualsTheForwardPass() =>
        ForEachCase(
            run =>
            {
                (float[] whole, _) = PredictWhole(run);
                BitAssertions.ShouldHaveTheBitsOf(run.RunLibrary()["output"], whole, "{0} must keep its bits", run);
            },
            anyLayers: true);

    [Fact]
    public void Fit_SameSeed_TrainsTheSameWeightsOnEveryWidth()
    {
        int trained = 0;
        ForEachCase(
            run =>
            {
                float[] expected = TrainedWeights(run, SimdWidth.Bits256);
                trained += expected.AsSpan().SequenceEqual(Weights(run.Model)) ? 0 : 1;
                BitAssertions.ShouldHaveTheBitsOf(TrainedWeights(run, SimdWidth.Bits256), expected, "{0} must keep its bits", run);
                BitAssertions.ShouldHaveTheBitsOf(TrainedWeights(run, SimdWidth.Bits128), expected, "{0} must keep its bits", run);
            },
            anyLayers: true);
        trained.Should().BeGreaterThan(Cases * 3 / 4, "only a model whose last layer is a dead Relu has no gradient");
    }

    /// <summary>Trains a copy of the run's model for one epoch, each row of the batch a sample.</summary>
    private static float[] TrainedWeights(ModelRun run, SimdWidth width)
    {
        SequenceModel copy = ModelBytes.Copy(run.Model);
        copy.Width = width;
        int outputLength = run.Model.OutputLength(run.Length);
        var data = new SequenceDataset(
            Tensor.Create(run.Input, [run.Length, run.BatchSize, run.Model.InputSize]),
            Tensor.Create(run.OutputGradient, [outputLength, run.BatchSize, run.Model.OutputSize]));
        copy.Fit(data, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(),
            Epochs = 1,
            BatchSize = 4,
            Seed = run.Length,
        });
        return Weights(copy);
    }

    private static float[] Weights(SequenceModel model) => [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())];

    private static void ForEachCase(Action<ModelRun> check, bool anyLayers = false)
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            int length = RandomModels.Length(random);
            SequenceModel model = anyLayers ? RandomModels.Draw(random, length) : RandomModels.DrawStepwise(random);
            check(ModelRun.Draw(model, length, RandomModels.BatchSize(random), random));
        }

        foreach ((int length, int batchSize, int hiddenSize) in LargeShapes)
        {
            SequenceModel model = SequenceModel.Create(5).Lstm(hiddenSize).VanillaRnn((hiddenSize / 2) + 1).Dense(70).Build(hiddenSize);
            check(ModelRun.Draw(model, length, batchSize, new Random(length)));
            model = SequenceModel.Create(5).Residual(inner => inner.Lstm(hiddenSize).Dense(5)).Residual(inner => inner.VanillaRnn(5)).Build(hiddenSize);
            check(ModelRun.Draw(model, length, batchSize, new Random(length)));
            model = SequenceModel.Create(5).Gru(hiddenSize).Gru((hiddenSize / 2) + 1, GruReset.BeforeProduct).Build(hiddenSize);
            check(ModelRun.Draw(model, length, batchSize, new Random(length)));
        }

        if (anyLayers)
        {
            SequenceModel model = SequenceModel.Create(5).Lstm(130).Dense(200).TakeLast().Lstm(9).Dense(3).Build();
            check(ModelRun.Draw(model, length: 320, batchSize: 8, new Random(1)));
        }
    }

    private static float[] Predict(ModelRun run, int start, int end, ModelState state)
    {
        int step = run.BatchSize * run.Model.InputSize;
        float[] part = run.Input[(start * step)..(end * step)];
        return Values(run.Model.Predict(Tensor.Create(part, [end - start, run.BatchSize, run.Model.InputSize]), state, state));
    }

    private static (float[] Output, ModelState Final) PredictWhole(ModelRun run)
    {
        ModelState final = run.Model.CreateState(run.BatchSize);
        var input = Tensor.Create(run.Input, [run.Length, run.BatchSize, run.Model.InputSize]);
        return (Values(run.Model.Predict(input, run.InitialState, final)), final);
    }

    private static float[] Values(Tensor<float> tensor)
    {
        float[] values = new float[tensor.FlattenedLength];
        tensor.FlattenTo(values);
        return values;
    }


    /// <summary>One row of the batch through all time steps.</summary>
    private static float[] Column(float[] values, int batchSize, int width, int row) =>
        [.. values.Chunk(width).Where((_, n) => n % batchSize == row).SelectMany(chunk => chunk)];
}
