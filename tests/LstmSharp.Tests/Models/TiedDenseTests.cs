using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp.Tests.Models;

/// <summary>A dense layer that shares the embedding's weights: central differences, the reference, and the bits of any cut, width and number
/// of threads.</summary>
public sealed class TiedDenseTests
{
    private const int Cases = 100;

    [Fact]
    public void Backward_TheReference_MatchesCentralDifferences()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            ModelRun run = Draw(random, padding: null);
            ReferenceModel reference = ModelRun.ReferenceOf(run.Model);
            var x = new ReferenceSequence(run.Length, run.BatchSize, 1, RandomValues.ToDoubles(run.Input));
            double[][] initial = run.InitialStateInDouble();
            double[] slopes = RandomValues.ToDoubles(run.OutputGradient);
            double Loss() => reference.Forward(x, initial).Output.Values.Zip(slopes, (value, slope) => value * slope).Sum();
            ReferencePass pass = reference.Forward(x, initial);
            ReferenceGradients gradients = reference.Backward(
                new ReferenceSequence(pass.Output.Length, run.BatchSize, run.Model.OutputSize, slopes), reference.ZeroState(run.BatchSize));
            for (int k = 0; k < reference.Parameters.Length; k++)
            {
                double[] expected = CentralDifferences.Gradient(Loss, reference.Parameters[k]);
                gradients.Parameters[k].Zip(expected, (value, other) => Math.Abs(value - other)).Max().Should().BeLessThan(
                    1e-8 * Math.Max(1, expected.Max(Math.Abs)), "parameter {0} of {1}", k, run);
            }
        }
    }

    [Fact]
    public void ForwardAndBackward_RandomModels_MatchTheReference()
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            ModelRun run = Draw(random);
            Dictionary<string, float[]> actual = run.RunLibrary(threads: 2);
            Dictionary<string, double[]> expected = run.RunReference();
            actual.Keys.Should().BeEquivalentTo(expected.Keys);
            foreach ((string name, double[] values) in expected)
            {
                bool isGradient = name.StartsWith("gradient", StringComparison.Ordinal);
                double largest = Math.Max(values.Max(Math.Abs), 1e-3);
                actual[name].ShouldBeWithin(values, (isGradient ? 2e-5 : 4e-6) * largest, isGradient ? 0 : 4e-6, $"{name} of {run}");
            }
        }
    }

    [Fact]
    public void ForwardAndBackward_AnyWidthThreadsAndBudget_HaveTheSameBits()
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            int length = RandomModels.Length(random), batchSize = RandomModels.BatchSize(random);
            int[] lengths = [.. Enumerable.Range(0, batchSize).Select(_ => random.Next(length + 1))];
            ModelRun run = ModelRun.Draw(Model(random, Padding(random)), length, batchSize, random, random.Next(2) == 0 ? lengths : null);
            run.Model.FloatsOfChunk = random.Next(1, 3000);
            Dictionary<string, float[]> expected = run.RunLibrary();
            (SimdWidth, int, long?)[] settings =
            [
                (SimdWidth.Bits128, 1, null), (SimdWidth.Bits256, 3, null), (SimdWidth.Bits512, 2, 1),
                (SimdWidths.Best, 8, random.Next(1, 50_000)),
            ];
            foreach ((SimdWidth width, int threads, long? memoryBudget) in settings)
            {
                foreach ((string name, float[] values) in run.RunLibrary(width, threads, memoryBudget))
                {
                    values.ShouldHaveTheBitsOf(expected[name], "{0} of {1}", name, run);
                }
            }
        }
    }

    [Fact]
    public void Backward_TheEmbeddingsPart_IsAddedToTheHeadsAtTheEnd()
    {
        var random = new Random(9);
        SequenceModel tied = SequenceModel.CreateForTokens(7, 5).Lstm(5).TiedDense().Build(seed: 2);
        SequenceModel apart = SequenceModel.CreateForTokens(7, 5).Lstm(5).Dense(7).Build(seed: 2);
        foreach (Parameter parameter in apart.Parameters)
        {
            parameter.CopyFrom(tied.Parameters[parameter.Name == "2.Weights" ? "0.Weights" : parameter.Name].Values);
        }

        ModelRun ofTied = ModelRun.Draw(tied, length: 9, batchSize: 4, random);
        var ofApart = new ModelRun
        {
            Model = apart,
            Length = ofTied.Length,
            BatchSize = ofTied.BatchSize,
            Input = ofTied.Input,
            InitialState = ofTied.InitialState,
            OutputGradient = ofTied.OutputGradient,
            FinalStateGradient = ofTied.FinalStateGradient,
        };
        Dictionary<string, float[]> actual = ofTied.RunLibrary(), parts = ofApart.RunLibrary();
        actual["output"].ShouldHaveTheBitsOf(parts["output"]);
        float[] sum = [.. parts["gradient of 2.Weights"].Zip(parts["gradient of 0.Weights"], (head, embedding) => head + embedding)];
        actual["gradient of 0.Weights"].ShouldHaveTheBitsOf(sum);
        actual["gradient of 2.Bias"].ShouldHaveTheBitsOf(parts["gradient of 2.Bias"]);
    }

    [Fact]
    public void Backward_Twice_AddsBothTimes()
    {
        SequenceModel model = SequenceModel.CreateForTokens(5, 3).TiedDense().Build(seed: 2);
        SequencePass pass = model.CreatePass();
        ParameterSet once = model.Parameters.CreateZeros(), twice = model.Parameters.CreateZeros();
        float[] upstream = RandomValues.Uniform(new Random(1), 20);
        void Run(ParameterSet gradients)
        {
            pass.Forward(Tensor.Create([0, 1, 1, 4], [4, 1]));
            pass.Backward(new ReadOnlyTensorSpan<float>(upstream, [4, 1, 5]), gradients);
        }

        Run(once);
        Run(twice);
        Run(twice);
        twice[1].Values.ToArray().Should().Equal(once[1].Values.ToArray().Select(value => value * 2), (a, b) => Math.Abs(a - b) < 1e-6f);
        twice[0].Values.ToArray().Should().Equal(once[0].Values.ToArray().Select(value => value * 2), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Fit_APaddingToken_KeepsItsRowAt0()
    {
        SequenceModel model = SequenceModel.CreateForTokens(5, 3, paddingToken: 1).Lstm(3).TiedDense().Build(seed: 4);
        float[] before = model.Parameters[0].Values.ToArray();
        var data = new SequenceDataset(SequenceList.Of<int>([[0, 1, 2], [3, 4]]), SequenceList.Of<int>([[1, 2, 3], [4, 0]]));
        model.Fit(data, new TrainingOptions { Loss = Loss.CrossEntropy, Optimizer = new Adam(0.1f), Epochs = 3 });
        model.Parameters[0].Values[3..6].ToArray().Should().OnlyContain(value => value == 0);
        model.Parameters[0].Values[..3].ToArray().Should().NotEqual(before[..3]);
    }

    [Fact]
    public void Fit_InWindowsAndWithinABudget_HasTheBitsOfAnyThreads()
    {
        var random = new Random(3);
        int[][] tokens = [.. Enumerable.Range(0, 9).Select(n => Enumerable.Range(0, 20 + n).Select(_ => random.Next(11)).ToArray())];
        var data = new SequenceDataset(SequenceList.Of<int>(tokens), SequenceList.Of<int>(tokens));
        SequenceModel Fitted(int threads, long? memoryBudget)
        {
            SequenceModel model = SequenceModel.CreateForTokens(11, 6).Lstm(6).Dropout(0.2f).TiedDense().Build(seed: 4);
            model.LeastOperationsToShare = 0;
            model.FloatsOfChunk = 200;
            model.Fit(data, new TrainingOptions
            {
                Loss = Loss.CrossEntropy,
                Optimizer = new Adam(0.01f),
                Epochs = 2,
                BatchSize = 4,
                TruncateAfter = 10,
                MemoryBudget = memoryBudget,
                MaxDegreeOfParallelism = threads,
                ClipGradientNorm = 1,
            });
            return model;
        }

        SequenceModel expected = Fitted(1, null), actual = Fitted(4, 1);
        for (int n = 0; n < expected.Parameters.Count; n++)
        {
            actual.Parameters[n].Values.ShouldHaveTheBitsOf(expected.Parameters[n].Values);
        }
    }

    [Fact]
    public void Summary_SharedWeights_CountOnce()
    {
        SequenceModel model = SequenceModel.CreateForTokens(50, 4).Lstm(4).TiedDense().Build();
        model.Parameters.Select(parameter => parameter.Name).Should()
            .Equal("0.Weights", "1.InputWeights", "1.RecurrentWeights", "1.Bias", "2.Bias");
        model.Parameters.TotalCount.Should().Be(200 + 144 + 50);
        model.Summary().Should().Contain("TiedDense(4 => 50, 50 parameters)").And.MatchRegex("Total +394");
        ((DenseLayer)model.Layers[2]).Weights.Should().BeSameAs(((EmbeddingLayer)model.Layers[0]).Weights);
    }

    [Fact]
    public void TiedDense_WhereItDoesNotFit_IsRefusedInWords()
    {
        Action without = () => SequenceModel.Create(3).TiedDense();
        without.Should().Throw<InvalidOperationException>().WithMessage("TiedDense: the model must begin with an embedding*CreateForTokens*");
        Action width = () => SequenceModel.CreateForTokens(9, 4).Lstm(5).TiedDense();
        width.Should().Throw<InvalidOperationException>().WithMessage(
            "TiedDense: the layer before must give 4 values, as many as a token's vector in Embedding(9 => 4, 36 parameters) has, but gives 5; "
            + "add a Dense(4) before it.");
        Action twice = () => SequenceModel.CreateForTokens(9, 9).TiedDense().TiedDense();
        twice.Should().Throw<InvalidOperationException>().WithMessage("*shared once at most*");
    }

    [Fact]
    public void ForwardAndBackward_Warm_AllocateNothing()
    {
        SequenceModel model = SequenceModel.CreateForTokens(50, 8).Lstm(8).TiedDense().Build();
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        int[] tokens = [.. Enumerable.Range(0, 12)];
        float[] upstream = RandomValues.Uniform(new Random(1), 12 * 50);
        void Run()
        {
            pass.Forward(new SequenceInput(new ReadOnlyTensorSpan<int>(tokens, [4, 3])));
            pass.Backward(new ReadOnlyTensorSpan<float>(upstream, [4, 3, 50]), gradients);
        }

        Run();
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private static ModelRun Draw(Random random) => Draw(random, Padding(random));

    private static ModelRun Draw(Random random, int? padding) =>
        ModelRun.Draw(Model(random, padding), RandomModels.Length(random), RandomModels.BatchSize(random), random);

    private static int? Padding(Random random) => random.Next(2) == 0 ? 0 : null;

    private static SequenceModel Model(Random random, int? padding)
    {
        int width = RandomModels.Size(random), tokens = random.Next(1, 20);
        SequenceModelBuilder builder = SequenceModel.CreateForTokens(tokens, width, padding);
        builder = random.Next(3) switch
        {
            0 => builder,
            1 => builder.Lstm(width),
            _ => builder.VanillaRnn(RandomModels.Size(random)).Dense(width, Activation.Tanh),
        };
        builder = (random.Next(3) == 0 ? builder.TakeLast() : builder).TiedDense();
        return (random.Next(4) == 0 ? builder.Dense(3) : builder).Build(random.Next(), (WeightInitialization)random.Next(2));
    }
}
