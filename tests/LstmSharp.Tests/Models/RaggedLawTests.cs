using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using LstmSharp.Kernels;

namespace LstmSharp.Tests.Models;

/// <summary>Rows of different length: what holds to the last bit, and what the gradients of the weights come to.</summary>
public sealed class RaggedLawTests
{
    private const int Cases = 200;
    private const double WeightGradientError = 2e-6;

    /// <summary>Shapes (T, B, H) beyond one piece of everything that the engine cuts up.</summary>
    private static readonly (int Length, int BatchSize, int HiddenSize)[] LargeShapes =
        [(60, 40, 70), (9, 130, 130), (64, 2, 300), (300, 9, 130), (200, 33, 64)];

    [Fact]
    public void ForwardAndBackward_ARaggedRow_HasTheBitsOfTheRowAlone() =>
        ForEachCase(run =>
        {
            Dictionary<string, float[]> results = run.RunLibrary(threads: 2);
            Dictionary<string, double[]> sums = [];
            for (int row = 0; row < run.BatchSize; row++)
            {
                ModelRun alone = run.Row(row);
                foreach ((string name, float[] expected) in alone.RunLibrary())
                {
                    if (IsOfParameter(run, name))
                    {
                        AddTo(sums, name, expected);
                    }
                    else
                    {
                        ShouldHaveTheBitsOf(RowOf(run, results[name], name, row), expected, $"{name}, row {row}", run);
                    }
                }
            }

            foreach ((string name, double[] expected) in sums)
            {
                double largest = sums.Where(sum => sum.Key.Split('.')[0] == name.Split('.')[0]).Max(sum => sum.Value.Max(Math.Abs));
                double allowed = Math.Max(WeightGradientError * largest, float.Epsilon); // where all rows are empty, all is 0
                double roundings = Math.Max(1, Math.Sqrt(run.Lengths.Sum() / 1000.0)); // of a long chain add up like their root
                results[name].ShouldBeWithin(expected, allowed * roundings, 0, $"{name} of {run.Model}");
            }
        });

    [Fact]
    public void ForwardAndBackward_EveryWidthAndThreadCount_GiveTheSameBits() =>
        ForEachCase(run =>
        {
            Dictionary<string, float[]> expected = run.RunLibrary(SimdWidth.Bits256);
            foreach ((SimdWidth width, int threads) in
                ((SimdWidth, int)[])[(SimdWidth.Bits128, 1), (SimdWidth.Bits512, 3), (SimdWidth.Bits256, 2), (SimdWidth.Bits256, 8)])
            {
                foreach ((string name, float[] values) in run.RunLibrary(width, threads))
                {
                    ShouldHaveTheBitsOf(values, expected[name], name, run);
                }
            }
        });

    [Fact]
    public void Predict_RaggedRows_EqualTheForwardPass() =>
        ForEachCase(run =>
        {
            run.Step = null;
            Dictionary<string, float[]> expected = run.RunLibrary();
            ModelState final = run.Model.CreateState(run.BatchSize);
            var values = new ReadOnlyTensorSpan<float>(run.Input, [run.Length, run.BatchSize, run.Model.InputSize]);
            Tensor<float> output = run.Model.Predict(new SequenceInput(values, run.Lengths), run.InitialState, final);
            ShouldHaveTheBitsOf(ValuesOf(output), expected["output"], "output", run);
            int n = 0;
            foreach (CellStatePart part in final.SelectMany(state => state.Parts))
            {
                ShouldHaveTheBitsOf(part.Values.ToArray(), expected[$"final state {n++}"], "final state", run);
            }
        });

    [Fact]
    public void Predict_RowsOfEqualLengthBelowTheSequenceLength_AreThoseOfTheShorterSequence() =>
        ForEachCase(run =>
        {
            int length = run.Length / 2;
            int[] lengths = [.. Enumerable.Repeat(length, run.BatchSize)];
            var values = new ReadOnlyTensorSpan<float>(run.Input, [run.Length, run.BatchSize, run.Model.InputSize]);
            float[] whole = ValuesOf(run.Model.Predict(new SequenceInput(values, lengths), run.InitialState));
            float[] part = run.Input[..(length * run.BatchSize * run.Model.InputSize)];
            float[] shorter = ValuesOf(run.Model.Predict(
                Tensor.Create(part, [length, run.BatchSize, run.Model.InputSize]), run.InitialState));
            if (run.IsStepwise)
            {
                ShouldHaveTheBitsOf(whole[..shorter.Length], shorter, "output", run);
                AreZeros(whole[shorter.Length..]).Should().BeTrue();
            }
            else if (length > 0)
            {
                ShouldHaveTheBitsOf(whole, shorter, "output", run);
            }
        });

    [Fact]
    public void TakeLast_ARowOfLengthZero_GivesZeros()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).TakeLast().Build(seed: 1);
        ModelState initial = model.CreateState(3).Fill(new Random(1)), final = model.CreateState(3);
        float[] input = RandomValues.Uniform(new Random(2), 4 * 3 * 2);
        var values = new ReadOnlyTensorSpan<float>(input, [4, 3, 2]);
        Tensor<float> output = model.Predict(new SequenceInput(values, [2, 0, 4]), initial, final);
        output.Lengths.ToArray().Should().Equal(1, 3, 3);
        ValuesOf(output)[3..6].Should().Equal(0, 0, 0);
        ((LstmState)final[0]).Cell[3..6].ToArray().Should().Equal(((LstmState)initial[0]).Cell[3..6].ToArray());
        final[0].Hidden[3..6].ToArray().Should().Equal(initial[0].Hidden[3..6].ToArray());
        ValuesOf(model.Predict(new SequenceInput(values, [0, 0, 0]))).Should().OnlyContain(value => value == 0);
    }

    [Fact]
    public void Forward_WarmRaggedBatches_AllocateNothing()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(8).Lstm(8).TakeLast().Dense(2).Build();
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        float[] input = RandomValues.Uniform(new Random(1), 20 * 6 * 3), upstream = new float[6 * 2], output = new float[6 * 2];
        int[] lengths = [3, 20, 0, 7, 7, 1];
        void Run()
        {
            var batch = new SequenceInput(new ReadOnlyTensorSpan<float>(input, [20, 6, 3]), lengths);
            pass.Forward(batch);
            pass.Backward(new ReadOnlyTensorSpan<float>(upstream, [1, 6, 2]), gradients);
            model.Predict(batch, new TensorSpan<float>(output, [1, 6, 2]));
        }

        Run();
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Theory]
    [InlineData(new[] { 1, 2 }, "lengths must hold 3 numbers, one for each row of the batch, but holds 2")]
    [InlineData(new[] { 1, 2, 5 }, "lengths[2] must be from 0 to 4, the input's SequenceLength, but is 5")]
    [InlineData(new[] { -1, 2, 4 }, "lengths[0] must be from 0 to 4, the input's SequenceLength, but is -1")]
    public void Predict_LengthsThatDoNotFit_AreRefused(int[] lengths, string message)
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).Build();
        float[] input = new float[4 * 3 * 2];
        Action predict = () => model.Predict(new SequenceInput(new ReadOnlyTensorSpan<float>(input, [4, 3, 2]), lengths));
        Action forward = () =>
            model.CreatePass().Forward(new SequenceInput(new ReadOnlyTensorSpan<float>(input, [4, 3, 2]), lengths));
        predict.Should().Throw<ArgumentException>().WithMessage($"SequenceModel: {message}*");
        forward.Should().Throw<ArgumentException>().WithMessage($"SequenceModel: {message}*");
    }

    [Fact]
    public void Flatten_LengthsThatDiffer_AreRefusedInWords()
    {
        SequenceModel model = SequenceModel.Create(2).Flatten(4).Dense(1).Build();
        float[] input = new float[4 * 2 * 2];
        Action predict = () => model.Predict(new SequenceInput(new ReadOnlyTensorSpan<float>(input, [4, 2, 2]), [4, 3]));
        predict.Should().Throw<ArgumentException>().WithMessage("*Flatten(4 × 2 => 8) takes rows of one length, 4 steps, but lengths[1] is 3*");
        model.Predict(new SequenceInput(new ReadOnlyTensorSpan<float>(input, [4, 2, 2]), [4, 4])).Lengths[1].Should().Be(2);
    }

    private static void ForEachCase(Action<ModelRun> check)
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            int length = RandomModels.Length(random);
            check(ModelRun.DrawRagged(RandomModels.DrawForRaggedRows(random), length, RandomModels.BatchSize(random), random));
            check(ModelRun.DrawRagged(RandomModels.DrawForTraining(random), length, RandomModels.BatchSize(random), random, trains: true));
        }

        foreach ((int length, int batchSize, int hiddenSize) in LargeShapes)
        {
            SequenceModel model = SequenceModel.Create(5).Lstm(hiddenSize).VanillaRnn((hiddenSize / 2) + 1).Dense(7).Build(hiddenSize);
            check(ModelRun.DrawRagged(model, length, batchSize, new Random(length)));
            model = SequenceModel.Create(5).Residual(inner => inner.Lstm(hiddenSize).Dense(5)).Residual(inner => inner.VanillaRnn(5)).Build(hiddenSize);
            check(ModelRun.DrawRagged(model, length, batchSize, new Random(length)));
            model = SequenceModel.Create(5).Gru(hiddenSize).Gru((hiddenSize / 2) + 1, GruReset.BeforeProduct).Build(hiddenSize);
            check(ModelRun.DrawRagged(model, length, batchSize, new Random(length)));
            model = SequenceModel.Create(5).Lstm(hiddenSize).TakeLast().Lstm(9).Dense(3).Build(hiddenSize);
            check(ModelRun.DrawRagged(model, length, batchSize, new Random(length)));
        }
    }

    /// <summary>A row's part of a result of the whole batch, without what lies beyond its length, which must be zeros.</summary>
    private static float[] RowOf(ModelRun run, float[] values, string name, int row)
    {
        if (name.Contains("state", StringComparison.Ordinal))
        {
            int width = values.Length / run.BatchSize;
            return values[(row * width)..((row + 1) * width)];
        }

        bool isInput = name == "gradient of input";
        float[] column = ModelRun.Column(values, run.BatchSize, isInput ? run.Model.InputSize : run.Model.OutputSize, row);
        bool hasSteps = isInput || run.IsStepwise;
        int count = hasSteps ? column.Length / run.Length * run.Lengths[row] : column.Length;
        AreZeros(column[count..]).Should().BeTrue("{0} is 0 beyond the length", name);
        return column[..count];
    }

    private static bool AreZeros(float[] values) => !MemoryMarshal.Cast<float, int>(values).ContainsAnyExcept(0);

    private static bool IsOfParameter(ModelRun run, string name) =>
        run.Model.Parameters.Any(parameter => name == $"gradient of {parameter.Name}");

    private static void AddTo(Dictionary<string, double[]> sums, string name, float[] values)
    {
        sums.TryAdd(name, new double[values.Length]);
        for (int n = 0; n < values.Length; n++)
        {
            sums[name][n] += values[n];
        }
    }

    private static float[] ValuesOf(Tensor<float> tensor)
    {
        float[] values = new float[tensor.FlattenedLength];
        tensor.FlattenTo(values);
        return values;
    }

    private static void ShouldHaveTheBitsOf(float[] actual, float[] expected, string what, ModelRun run) =>
        MemoryMarshal.Cast<float, int>(actual).SequenceEqual(MemoryMarshal.Cast<float, int>(expected)).Should().BeTrue(
            "the bits of {0} must agree for {1}, lengths {2}", what, run.Model, string.Join(' ', run.Lengths));
}
