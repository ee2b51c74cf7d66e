using System.Numerics.Tensors;
using LstmSharp.Kernels;
using LstmSharp.Tests.Models;

namespace LstmSharp.Tests.Inference;

/// <summary>A stream promises the bits of the whole sequence, over random models and shapes.</summary>
public sealed class StreamBitTests
{
    private const int Cases = 150;

    /// <summary>Shapes (T, B, H) with several panels of columns and several blocks of rows.</summary>
    private static readonly (int Length, int BatchSize, int HiddenSize)[] LargeShapes = [(40, 1, 300), (12, 20, 130), (5, 130, 70)];

    [Fact]
    public void Step_OnEveryWidth_EqualsPredictOfTheWholeSequence() =>
        ForEachCase(run =>
        {
            (float[] whole, ModelState final) = PredictWhole(run);
            foreach (SimdWidth width in (SimdWidth[])[SimdWidth.Bits128, SimdWidth.Bits256, SimdWidth.Bits512])
            {
                run.Model.Width = width;
                SequenceStream stream = run.Model.OpenStream(run.BatchSize, run.InitialState);
                BitAssertions.ShouldHaveTheBitsOf(StepThrough(stream, run), whole, "{0} must keep its bits", run);
                BitAssertions.ShouldHaveTheBitsOf(stream.Snapshot().Values(), final.Values(), "{0} must keep its bits", run);
            }

            run.Model.Width = SimdWidths.Best;
        });

    [Fact]
    public void Step_OnAnyNumberOfThreads_EqualsPredictOfTheWholeSequence() =>
        ForEachCase(run =>
        {
            (float[] whole, _) = PredictWhole(run);
            run.Model.LeastOperationsToShare = 0;
            foreach (int threads in (int[])[1, 2, 3, 8])
            {
                run.Model.MaxDegreeOfParallelism = threads;
                SequenceStream stream = run.Model.OpenStream(run.BatchSize, run.InitialState);
                BitAssertions.ShouldHaveTheBitsOf(StepThrough(stream, run), whole, "{0} must keep its bits", run);
            }
        });

    [Fact]
    public void Step_ARowOfABatch_EqualsAStreamOfItsOwn() =>
        ForEachCase(run =>
        {
            SequenceStream together = run.Model.OpenStream(run.BatchSize, run.InitialState);
            float[] outputs = StepThrough(together, run);
            for (int row = 0; row < run.BatchSize; row++)
            {
                SequenceStream alone = run.Model.OpenStream(1, run.Model.OpenStream(run.BatchSize, run.InitialState).Snapshot(row));
                ModelRun one = Row(run, row);
                BitAssertions.ShouldHaveTheBitsOf(StepThrough(alone, one), Column(outputs, run.BatchSize, run.Model.OutputSize, row), "{0} must keep its bits", run);
                BitAssertions.ShouldHaveTheBitsOf(alone.Snapshot().Values(), together.Snapshot(row).Values(), "{0} must keep its bits", run);
            }
        });

    [Fact]
    public void Step_ModelThatTakesTheLastStep_EndsWithPredictsOutput() =>
        ForEachCase(run =>
        {
            SequenceModel model = SequenceModel.Create(run.Model.InputSize).Lstm(7).VanillaRnn(5).TakeLast().Dense(3).Build(seed: 1);
            Tensor<float> input = Tensor.Create(run.Input, [run.Length, run.BatchSize, model.InputSize]);
            SequenceStream stream = model.OpenStream(run.BatchSize);
            float[] output = new float[run.BatchSize * model.OutputSize];
            foreach (float[] step in run.Input.Chunk(run.BatchSize * model.InputSize))
            {
                stream.Step(step, output);
            }

            BitAssertions.ShouldHaveTheBitsOf(output, [.. model.Predict(input)], "{0} must keep its bits", run);
        });

    [Fact]
    public void Step_BetweenPredictionsAndOtherStreams_KeepsItsBits() =>
        ForEachCase(run =>
        {
            (float[] whole, _) = PredictWhole(run);
            SequenceStream stream = run.Model.OpenStream(run.BatchSize, run.InitialState), other = run.Model.OpenStream(run.BatchSize + 1);
            float[] otherInput = new float[(run.BatchSize + 1) * run.Model.InputSize];
            float[] otherOutput = new float[(run.BatchSize + 1) * run.Model.OutputSize];
            BitAssertions.ShouldHaveTheBitsOf(
                StepThrough(stream, run, between: () =>
                {
                    PredictWhole(run);
                    other.Step(otherInput, otherOutput);
                }),
                whole,
                "{0} must keep its bits",
                run);
        });

    private static void ForEachCase(Action<ModelRun> check)
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            SequenceModel model = RandomModels.DrawStepwise(random);
            check(ModelRun.Draw(model, RandomModels.Length(random), RandomModels.BatchSize(random), random));
        }

        foreach ((int length, int batchSize, int hiddenSize) in LargeShapes)
        {
            SequenceModel model = SequenceModel.Create(5).Lstm(hiddenSize).Gru(hiddenSize).VanillaRnn((hiddenSize / 2) + 1).Dense(70).Build(hiddenSize);
            check(ModelRun.Draw(model, length, batchSize, new Random(length)));
            model = SequenceModel.Create(5).Residual(inner => inner.Lstm(hiddenSize).Dense(5)).Residual(inner => inner.VanillaRnn(5)).Build(hiddenSize);
            check(ModelRun.Draw(model, length, batchSize, new Random(length)));
        }
    }

    private static float[] StepThrough(SequenceStream stream, ModelRun run, Action? between = null)
    {
        List<float> outputs = [];
        float[] output = new float[stream.BatchSize * run.Model.OutputSize];
        foreach (float[] input in run.Input.Chunk(stream.BatchSize * run.Model.InputSize))
        {
            stream.Step(input, output);
            outputs.AddRange(output);
            between?.Invoke();
        }

        return [.. outputs];
    }

    private static (float[] Output, ModelState Final) PredictWhole(ModelRun run)
    {
        ModelState final = run.Model.CreateState(run.BatchSize);
        var input = Tensor.Create(run.Input, [run.Length, run.BatchSize, run.Model.InputSize]);
        return ([.. run.Model.Predict(input, run.InitialState, final)], final);
    }

    private static ModelRun Row(ModelRun run, int row) => new()
    {
        Model = run.Model,
        Length = run.Length,
        BatchSize = 1,
        Input = Column(run.Input, run.BatchSize, run.Model.InputSize, row),
        InitialState = run.Model.CreateState(1),
        OutputGradient = [],
        FinalStateGradient = run.Model.CreateState(1),
    };

    /// <summary>One row of the batch through all time steps.</summary>
    private static float[] Column(float[] values, int batchSize, int width, int row) =>
        [.. values.Chunk(width).Where((_, n) => n % batchSize == row).SelectMany(chunk => chunk)];
}
