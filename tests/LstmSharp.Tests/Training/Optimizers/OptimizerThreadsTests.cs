namespace LstmSharp.Tests.Training.Optimizers;

public sealed class OptimizerThreadsTests
{
    /// <summary>Large enough for several shares, and no multiple of a vector.</summary>
    private const int HiddenSize = 173;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Step_EveryThreadCount_GivesTheSameBits(int threads)
    {
        foreach (Func<Optimizer> make in (Func<Optimizer>[])[() => new Adam(amsgrad: true), () => new Sgd(0.1f, momentum: 0.9f)])
        {
            float[] expected = TrainedWeights(make(), threads: 1);
            float[] actual = TrainedWeights(make(), threads);
            actual.ShouldHaveTheBitsOf(expected);
        }
    }

    [Fact]
    public void Step_WarmOnTwoThreads_AllocatesNothing()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(HiddenSize).Build();
        ParameterSet gradients = model.Parameters.CreateZeros();
        var optimizer = new Adam { MaxDegreeOfParallelism = 2 };
        optimizer.Step(model.Parameters, gradients);
        optimizer.Step(model.Parameters, gradients);
        long before = GC.GetAllocatedBytesForCurrentThread();
        optimizer.Step(model.Parameters, gradients);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public async Task Step_TwoThreadsAtOnce_RefusesOneAndCountsWhatItDid()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(HiddenSize).Build();
        ParameterSet gradients = model.Parameters.CreateZeros();
        var optimizer = new Adam { MaxDegreeOfParallelism = 2 };
        int[] done = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            int steps = 0;
            for (int n = 0; n < 200; n++)
            {
                try
                {
                    optimizer.Step(model.Parameters, gradients);
                    steps++;
                }
                catch (InvalidOperationException exception)
                {
                    exception.Message.Should().Contain("another thread is stepping this optimizer");
                }
            }

            return steps;
        })));
        optimizer.Steps.Should().Be(done.Sum()).And.BePositive();
    }

    /// <summary>Two runs of training that share an optimizer, of models of different size, both new: it takes one set of parameters,
    /// with moments of that set.</summary>
    [Fact]
    public void Bind_TwoThreadsWithDifferentParameters_TakesOneAndRefusesTheOther()
    {
        ParameterSet large = new(Enumerable.Range(0, 40).Select(n => new Parameter($"{n}", 9)).ToArray());
        ParameterSet small = new(new Parameter("0", 1));
        for (int n = 0; n < 3_000; n++)
        {
            var optimizer = new Adam();
            ParameterSet?[] bound = [null, null];
            Parallel.Invoke(() => bound[0] = Bind(optimizer, large), () => bound[1] = Bind(optimizer, small));
            ParameterSet taken = bound.Should().ContainSingle(set => set != null).Which!;
            optimizer.Moments.Should().HaveCount(2).And.OnlyContain(moments => moments.TotalCount == taken.TotalCount);
        }

        static ParameterSet? Bind(Optimizer optimizer, ParameterSet parameters)
        {
            try
            {
                optimizer.Bind(parameters);
                return parameters;
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }

    [Fact]
    public void MaxDegreeOfParallelism_BelowOne_Throws()
    {
        Action set = () => new Adam().MaxDegreeOfParallelism = 0;
        set.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static float[] TrainedWeights(Optimizer optimizer, int threads)
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(HiddenSize).Build(seed: 1);
        ParameterSet gradients = model.Parameters.CreateZeros();
        var random = new Random(2);
        optimizer.MaxDegreeOfParallelism = threads;
        for (int step = 0; step < 3; step++)
        {
            foreach (Parameter gradient in gradients)
            {
                gradient.CopyFrom(RandomValues.Uniform(random, gradient.Count));
            }

            optimizer.Step(model.Parameters, gradients);
        }

        return [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())];
    }
}
