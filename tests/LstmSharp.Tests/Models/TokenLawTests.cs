using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp.Tests.Models;

/// <summary>Tokens through an embedding: the reference, the bits of vectors of one 1 through a dense layer, rows, widths, threads and
/// budgets.</summary>
public sealed class TokenLawTests
{
    private const int Cases = 200;
    private const double ForwardError = 2e-6;
    private const double GradientError = 1e-5;

    [Fact]
    public void ForwardAndBackward_Tokens_HaveTheBitsOfOneHotVectorsThroughDense() => ForEachCase((run, random) =>
    {
        run.Model.FloatsOfChunk = random.Next(1, 3000);
        Dictionary<string, float[]> expected = OneHot(run).RunLibrary();
        var embedding = (EmbeddingLayer)run.Model.Layers[0];
        expected["gradient of 0.Weights"] = Transpose(expected["gradient of 0.Weights"], embedding.OutputSize, embedding.VocabularySize);
        (SimdWidth, int, long?)[] settings =
        [
            (SimdWidth.Bits128, 1, null), (SimdWidth.Bits256, 3, null), (SimdWidth.Bits512, 2, 1), (SimdWidths.Best, 8, random.Next(1, 50_000)),
        ];
        foreach ((SimdWidth width, int threads, long? memoryBudget) in settings)
        {
            Dictionary<string, float[]> results = run.RunLibrary(width, threads, memoryBudget);
            expected.Keys.Except(results.Keys).Should().BeEquivalentTo("gradient of input", "gradient of 0.Bias");
            foreach ((string name, float[] values) in results)
            {
                values.ShouldHaveTheBitsOf(expected[name], "{0} of {1}", name, run);
            }
        }
    });

    [Fact]
    public void ForwardAndBackward_Tokens_MatchTheReference()
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            ModelRun run = ModelRun.Draw(RandomModels.DrawForTokens(random), RandomModels.Length(random), RandomModels.BatchSize(random), random);
            Dictionary<string, float[]> actual = run.RunLibrary(threads: 2);
            Dictionary<string, double[]> expected = run.RunReference();
            actual.Keys.Should().BeEquivalentTo(expected.Keys);
            foreach ((string name, double[] values) in expected)
            {
                bool isGradient = name.StartsWith("gradient", StringComparison.Ordinal);
                double largest = expected.Where(result => GroupOf(result.Key) == GroupOf(name)).Max(result => result.Value.Max(Math.Abs));
                actual[name].ShouldBeWithin(
                    values,
                    isGradient ? Math.Max(GradientError * largest, float.Epsilon) : ForwardError, // only padding: all gradients are 0
                    isGradient ? 0 : ForwardError,
                    $"{name} of {run.Model}");
            }
        }
    }

    /// <summary>What an error is compared with: a layer's parameters together, and all initial states, as the gradient of a single unit's state
    /// can cancel to almost nothing.</summary>
    private static string GroupOf(string name) =>
        name.StartsWith("gradient of initial", StringComparison.Ordinal) ? "gradient of initial" : name.Split('.')[0];

    [Fact]
    public void Predict_ARowOfTokens_HasTheBitsOfTheRowAloneAndOfTheForwardPass() => ForEachCase((run, _) =>
    {
        SequenceModel model = run.Model;
        Tensor<int> tokens = Tensor.Create(run.Tokens, [run.Length, run.BatchSize]);
        for (int row = 0; row < run.BatchSize; row++)
        {
            for (int t = run.Lengths[row]; t < run.Length; t++)
            {
                tokens[t, row] = -1; // not read
            }
        }

        Tensor<float> output = model.Predict(new SequenceInput(tokens, run.Lengths));
        SequencePass pass = model.CreatePass();
        pass.Forward(new SequenceInput(tokens, run.Lengths));
        pass.OutputValues.ShouldHaveTheBitsOf(TensorValues.Of(output));
        for (int row = 0; row < run.BatchSize; row++)
        {
            int length = run.Lengths[row];
            int[] alone = [.. Enumerable.Range(0, length).Select(t => tokens[t, row])];
            Tensor<float> expected = model.Predict(Tensor.Create(alone, [length, 1]));
            for (int t = 0; t < expected.Lengths[0]; t++)
            {
                Of(output, t, row).ShouldHaveTheBitsOf(Of(expected, t, 0), "step {0} of row {1} of {2}", t, row, run);
            }
        }
    });

    [Fact]
    public void Step_TokensOneByOne_HaveTheBitsOfTheWholeSequence() => ForEachCase((run, _) =>
    {
        if (run.Model.OutputLength(2) == 1)
        {
            return;
        }

        Tensor<float> expected = run.Model.Predict(Tensor.Create(run.Tokens, [run.Length, run.BatchSize]));
        SequenceStream stream = run.Model.OpenStream(run.BatchSize);
        float[] output = new float[run.BatchSize * run.Model.OutputSize];
        for (int t = 0; t < run.Length; t++)
        {
            stream.Step(run.Tokens.AsSpan(t * run.BatchSize, run.BatchSize), output);
            output.ShouldHaveTheBitsOf(TensorValues.Step(expected, t), "step {0} of {1}", t, run);
        }
    });

    [Fact]
    public void ForwardBackwardPredictAndStep_WarmTokens_AllocateNothing()
    {
        SequenceModel model = SequenceModel.CreateForTokens(50, 8, paddingToken: 0).Lstm(8).Dense(50).Build();
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        var optimizer = new Adam();
        SequenceStream stream = model.OpenStream(batchSize: 3);
        int[] tokens = [.. Enumerable.Range(0, 12)], lengths = [4, 0, 2];
        float[] upstream = RandomValues.Uniform(new Random(1), 12 * 50), output = new float[12 * 50];
        void Run()
        {
            var batch = new SequenceInput(new ReadOnlyTensorSpan<int>(tokens, [4, 3]), lengths);
            pass.Forward(batch);
            pass.Backward(new ReadOnlyTensorSpan<float>(upstream, [4, 3, 50]), gradients);
            optimizer.Step(model.Parameters, gradients);
            model.Predict(batch, new TensorSpan<float>(output, [4, 3, 50]));
            stream.Step(tokens.AsSpan(0, 3), output.AsSpan(0, 150));
        }

        Run();
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private static void ForEachCase(Action<ModelRun, Random> check)
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            int length = RandomModels.Length(random), batchSize = RandomModels.BatchSize(random);
            int[] lengths = [.. Enumerable.Range(0, batchSize).Select(_ => random.Next(length + 1))];
            check(ModelRun.Draw(RandomModels.DrawForTokens(random), length, batchSize, random, lengths), random);
        }
    }

    /// <summary>The same run with a dense layer in the embedding's place, and vectors of one 1 for tokens, of zeros for padding.</summary>
    private static ModelRun OneHot(ModelRun run)
    {
        var embedding = (EmbeddingLayer)run.Model.Layers[0];
        int size = embedding.VocabularySize;
        var first = (DenseLayer)SequenceModel.Create(size).Dense(embedding.OutputSize).Build().Layers[0];
        first.Weights.CopyFrom(Transpose(embedding.Weights.Values.ToArray(), size, embedding.OutputSize));
        float[] vectors = new float[run.Input.Length * size];
        for (int n = 0; n < run.Input.Length; n++)
        {
            int token = run.Tokens[n];
            vectors[(n * size) + token] = token == embedding.PaddingToken ? 0 : 1;
        }

        return new ModelRun
        {
            Model = new SequenceModel(size, [first, .. run.Model.Layers.Skip(1)]) { FloatsOfChunk = run.Model.FloatsOfChunk },
            Length = run.Length,
            BatchSize = run.BatchSize,
            Input = vectors,
            Lengths = run.Lengths,
            InitialState = run.InitialState,
            OutputGradient = run.OutputGradient,
            FinalStateGradient = run.FinalStateGradient,
        };
    }

    private static float[] Transpose(float[] values, int rows, int columns)
    {
        float[] transposed = new float[values.Length];
        for (int n = 0; n < values.Length; n++)
        {
            transposed[(n % columns * rows) + (n / columns)] = values[n];
        }

        return transposed;
    }

    private static ReadOnlySpan<float> Of(Tensor<float> output, int t, int row)
    {
        int size = (int)output.Lengths[2];
        return TensorValues.Step(output, t).Slice(row * size, size);
    }
}
