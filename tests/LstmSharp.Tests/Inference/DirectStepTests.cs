using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using LstmSharp.Kernels;

namespace LstmSharp.Tests.Inference;

/// <summary>The direct way of a single step against the tiles that whole batches take.</summary>
public sealed class DirectStepTests
{
    private const int Steps = 5;
    private const int InputSize = 3;
    private static readonly SimdWidth[] Widths = [SimdWidth.Bits128, SimdWidth.Bits256, SimdWidth.Bits512];
    private static readonly Activation[] Activations = Enum.GetValues<Activation>();

    public static TheoryData<int> HiddenSizes => [.. Enumerable.Range(1, 70)];

    [Theory]
    [MemberData(nameof(HiddenSizes))]
    public void Step_EveryHiddenSize_HasTheBitsOfTheRowInALargerBatch(int hiddenSize)
    {
        Activation activation = Activations[hiddenSize % Activations.Length];
        SequenceModel model = Model(hiddenSize, activation, seed: hiddenSize);
        foreach (int batchSize in (int[])[1, 1 + (hiddenSize % 9)])
        {
            float[] input = RandomValues.Uniform(new Random(hiddenSize), Steps * batchSize * InputSize);
            (float[] expected, float[] expectedState) = PredictAmongOthers(model, input, batchSize);
            foreach (SimdWidth width in Widths)
            {
                model.Width = width;
                SequenceStream stream = model.OpenStream(batchSize);
                ShouldBe(StepThrough(stream, input), expected, $"{model}, batch {batchSize}, {width}");
                ShouldBe(stream.Snapshot().Values(), expectedState, $"the state of {model}, batch {batchSize}, {width}");
            }

            model.Width = SimdWidths.Best;
        }
    }

    [Theory]
    [MemberData(nameof(HiddenSizes))]
    public void Predict_OneStepAfterTheOther_HasTheBitsOfTheWholeSequence(int hiddenSize)
    {
        SequenceModel model = Model(hiddenSize, Activations[hiddenSize % Activations.Length], seed: 1);
        foreach (int batchSize in (int[])[1, 1 + (hiddenSize % 9)])
        {
            float[] input = RandomValues.Uniform(new Random(hiddenSize), Steps * batchSize * InputSize);
            (float[] expected, float[] expectedState) = PredictAmongOthers(model, input, batchSize);
            ModelState state = model.CreateState(batchSize), final = model.CreateState(batchSize);
            float[] actual = [.. input.Chunk(batchSize * InputSize).SelectMany(step =>
                model.Predict(Tensor.Create(step, [1, batchSize, InputSize]), state, state).ToArray())];
            float[] whole = [.. model.Predict(Tensor.Create(input, [Steps, batchSize, InputSize]), finalState: final)];

            ShouldBe(actual, expected, $"{model}, step by step");
            ShouldBe(whole, expected, $"{model}, at once");
            ShouldBe(state.Values(), expectedState, $"the state of {model}, step by step");
            ShouldBe(final.Values(), expectedState, $"the state of {model}, at once");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Restore_AfterAnyNumberOfSteps_GoesOnWithTheSameBits(int batchSize)
    {
        SequenceModel model = Model(hiddenSize: 33, Activation.Sigmoid, seed: 2);
        float[][] inputs = [.. RandomValues.Uniform(new Random(3), Steps * batchSize * InputSize).Chunk(batchSize * InputSize)];
        SequenceStream stream = model.OpenStream(batchSize), other = model.OpenStream(batchSize);
        float[] expected = new float[batchSize * model.OutputSize], actual = new float[expected.Length];
        foreach (float[] input in inputs)
        {
            ModelState before = stream.Snapshot();
            stream.Step(input, expected);
            other.Restore(before);
            other.Step(input, actual);
            ShouldBe(actual, expected, "a stream restored as a whole");
            other.Reset();
            for (int row = 0; row < batchSize; row++)
            {
                other.Restore(row, model.OpenStream(batchSize, before).Snapshot(row));
            }

            other.Step(input, actual);
            ShouldBe(actual, expected, "a stream restored row by row");
            ShouldBe(other.Snapshot().Values(), stream.Snapshot().Values(), "the states");
        }
    }

    [Fact]
    public void Step_ThatSeveralThreadsShare_TakesTurnsWithStepsOfOne()
    {
        SequenceModel model = Model(hiddenSize: 40, Activation.Tanh, seed: 4);
        const int batchSize = 9;
        float[] input = RandomValues.Uniform(new Random(5), Steps * batchSize * InputSize);
        (float[] expected, float[] expectedState) = PredictAmongOthers(model, input, batchSize);
        double usual = model.LeastOperationsToShare;
        model.MaxDegreeOfParallelism = 3;
        int number = 0;
        SequenceStream stream = model.OpenStream(batchSize);
        ShouldBe(
            StepThrough(stream, input, before: () => model.LeastOperationsToShare = number++ % 2 == 0 ? usual : 0), expected, "outputs");
        ShouldBe(stream.Snapshot().Values(), expectedState, "the states");
    }

    [Fact]
    public void Step_WeightsEditedBetween_TakesTheNewOnesInEveryStreamOnAnyThread()
    {
        const int threads = 6, rounds = 20;
        SequenceModel model = Model(hiddenSize: 19, Activation.Relu, seed: 6);
        SequenceStream[] streams = [.. Enumerable.Range(0, threads).Select(n => model.OpenStream(1 + (n % 2)))];
        float[] values = RandomValues.Uniform(new Random(7), 2 * InputSize);
        for (int round = 0; round < rounds; round++)
        {
            Parameter edited = model.Parameters[round % model.Parameters.Count];
            edited.Edit(weights => weights[round % edited.Count] += 0.125f);
            float[][] expected = [.. streams.Select(stream =>
            {
                int batchSize = stream.BatchSize;
                SequenceModel same = Model(hiddenSize: 19, Activation.Relu, seed: 0);
                same.Parameters.CopyFrom(model.Parameters);
                Tensor<float> input = Tensor.Create(values[..(batchSize * InputSize)], [1, batchSize, InputSize]);
                return same.Predict(input, stream.Snapshot()).ToArray();
            })];
            float[][] actual = [.. streams.Select(stream => new float[stream.BatchSize * model.OutputSize])];
            Parallel.For(0, threads, n => streams[n].Step(values.AsSpan(0, streams[n].BatchSize * InputSize), actual[n]));
            for (int n = 0; n < threads; n++)
            {
                ShouldBe(actual[n], expected[n], $"stream {n} in round {round}");
            }
        }
    }

    [Fact]
    public void Step_OneWidthAfterTheOther_DoesNotMixTheirWeights()
    {
        SequenceModel model = Model(hiddenSize: 21, Activation.Tanh, seed: 8);
        var cell = ((RecurrentLayer)model.Layers[0]).Cell;
        float[] input = RandomValues.Uniform(new Random(9), Steps * InputSize);
        (float[] expected, _) = PredictAmongOthers(model, input, batchSize: 1);
        int number = 0;
        LstmState next = new(1, 21);
        ShouldBe(
            StepThrough(model.OpenStream(), input, before: () =>
            {
                ((LstmCell)cell).Step(input.AsSpan(0, InputSize), null, next);
                model.Width = Widths[number++ % Widths.Length];
            }),
            expected,
            "widths take turns");
    }

    private static SequenceModel Model(int hiddenSize, Activation activation, int seed) =>
        SequenceModel.Create(InputSize)
            .Lstm(hiddenSize)
            .Gru(1 + (hiddenSize * 7 % 70), (GruReset)(hiddenSize % 2))
            .VanillaRnn(71 - Math.Min(hiddenSize, 70), activation)
            .Dense(1 + (hiddenSize * 3 % 70), activation)
            .Dense(1 + (hiddenSize % 5))
            .Build(seed);

    /// <summary>The rows in a batch of at least ten, which tiles compute, with others behind them.</summary>
    private static (float[] Outputs, float[] State) PredictAmongOthers(SequenceModel model, float[] input, int batchSize)
    {
        int together = batchSize + 10;
        float[] padded = [.. input.Chunk(batchSize * InputSize).SelectMany(step => step.Concat(new float[10 * InputSize]))];
        ModelState final = model.CreateState(together);
        Tensor<float> sequences = Tensor.Create(padded, [input.Length / batchSize / InputSize, together, InputSize]);
        float[][] steps = [.. model.Predict(sequences, finalState: final).Chunk(together * model.OutputSize)];
        float[] outputs = [.. steps.SelectMany(step => step[..(batchSize * model.OutputSize)])];
        float[] state = [.. final.SelectMany(s => s.Parts).SelectMany(part => part.Values[..(batchSize * part.Size)].ToArray())];
        return (outputs, state);
    }

    private static float[] StepThrough(SequenceStream stream, float[] input, Action? before = null)
    {
        List<float> outputs = [];
        float[] output = new float[stream.BatchSize * stream.Model.OutputSize];
        foreach (float[] step in input.Chunk(stream.BatchSize * InputSize))
        {
            before?.Invoke();
            stream.Step(step, output);
            outputs.AddRange(output);
        }

        return [.. outputs];
    }

    private static void ShouldBe(float[] actual, float[] expected, string what) =>
        MemoryMarshal.Cast<float, int>(actual).SequenceEqual(MemoryMarshal.Cast<float, int>(expected)).Should().BeTrue(
            "the bits must agree: {0}", what);
}
