using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LstmSharp.Tests.Models;

/// <summary>Backpropagation through time within a memory budget: the same bits, in less memory.</summary>
public sealed class MemoryBudgetTests
{
    [Fact]
    public void ForwardAndBackward_AnyBudget_GiveTheSameBits()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int length = RandomModels.Length(random), batchSize = RandomModels.BatchSize(random);
            SequenceModel model = seed % 2 == 0 ? RandomModels.DrawForRaggedRows(random) : RandomModels.Draw(random, length);
            model.FloatsOfChunk = random.Next(1, 3000);
            int[] lengths = seed % 2 == 0 ? [.. Enumerable.Range(0, batchSize).Select(_ => random.Next(length + 1))] : [];
            ShouldNotDependOnTheBudget(ModelRun.Draw(model, length, batchSize, random, lengths), random.Next(1, 100_000));
            model = RandomModels.DrawForTraining(random);
            model.FloatsOfChunk = random.Next(1, 3000);
            ShouldNotDependOnTheBudget(
                ModelRun.Draw(model, length, batchSize, random, lengths, trains: true), random.Next(1, 100_000));
        }
    }

    [Theory]
    [InlineData(3000, 5, 33)]
    [InlineData(900, 33, 40)]
    [InlineData(5000, 1, 64)]
    public void ForwardAndBackward_LongSequences_GiveTheSameBits(int length, int batchSize, int hiddenSize)
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(hiddenSize).Gru(hiddenSize - 1, (GruReset)(length / 1000 % 2)).VanillaRnn(hiddenSize + 1).Dense(3).Build(seed: 1);
        ShouldNotDependOnTheBudget(ModelRun.Draw(model, length, batchSize, new Random(length)), 4 << 20);
        model = SequenceModel.Create(2).Lstm(hiddenSize).Residual(inner => inner.VanillaRnn(9).Lstm(hiddenSize)).TakeLast().Dense(3).Build(seed: 1);
        ShouldNotDependOnTheBudget(ModelRun.Draw(model, length, batchSize, new Random(length)), 4 << 20);
    }

    /// <summary>However much shorter the first segment is than the others.</summary>
    [Theory]
    [InlineData(88_000)]
    [InlineData(95_000)]
    [InlineData(100_000)]
    [InlineData(103_000)]
    public void ForwardAndBackward_LongSequences_FitTheBudget(int length)
    {
        ShouldFit64MiB(SequenceModel.Create(1).Lstm(128).TakeLast().Dense(1).Build(seed: 1), length);
        ShouldFit64MiB(SequenceModel.Create(1).Lstm(128).LayerNorm().VanillaRnn(40).Dense(1).TakeLast().Build(seed: 1), length);
        ShouldFit64MiB(SequenceModel.Create(1).Residual(inner => inner.Lstm(128).Dropout(0.1f).Dense(1)).TakeLast().Build(seed: 1), length);
    }

    private static void ShouldFit64MiB(SequenceModel model, int length)
    {
        const long budget = 64 << 20, slack = 3 << 20; // the gates' gradients of a chunk are 2 MiB of it, packed weights the most of the rest
        model.MaxDegreeOfParallelism = 1;
        float[] input = RandomValues.Uniform(new Random(1), length);
        ParameterSet gradients = model.Parameters.CreateZeros();
        SequencePass warm = model.CreatePass();
        void Run(SequencePass pass, int steps)
        {
            pass.Forward(new ReadOnlyTensorSpan<float>(input.AsSpan(0, steps), [steps, 1, 1]));
            pass.Backward(new ReadOnlyTensorSpan<float>([1], [1, 1, 1]), gradients, wantInputGradient: false);
        }

        Run(warm, steps: 10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(model.CreatePass(budget), length);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeInRange(1, budget + slack);
    }

    [Fact]
    public void ForwardAndBackward_AnotherBatchSizeWithinABudget_GiveTheBitsOfANewPass()
    {
        const int length = 40;
        SequenceModel model = SequenceModel.Create(1).Lstm(4).Dense(1).Build(seed: 1);
        model.FloatsOfChunk = 1;
        float[] GradientsOf(SequencePass pass, int batchSize)
        {
            float[] values = RandomValues.Uniform(new Random(batchSize), length * batchSize);
            ParameterSet gradients = model.Parameters.CreateZeros();
            pass.Forward(new ReadOnlyTensorSpan<float>(values, [length, batchSize, 1]));
            pass.Backward(new ReadOnlyTensorSpan<float>(values, [length, batchSize, 1]), gradients);
            return [.. gradients.SelectMany(gradient => gradient.Values.ToArray())];
        }

        SequencePass used = model.CreatePass(memoryBudget: 1);
        foreach (int batchSize in (int[])[3, 2, 5])
        {
            GradientsOf(used, batchSize).Should().Equal(GradientsOf(model.CreatePass(memoryBudget: 1), batchSize));
        }
    }

    [Fact]
    public void CreatePass_ABudgetOfNothing_IsRefused()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(1).Build();
        Action create = () => model.CreatePass(memoryBudget: 0);
        create.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*memoryBudget*");
    }

    private static void ShouldNotDependOnTheBudget(ModelRun run, long budget)
    {
        Dictionary<string, float[]> expected = run.RunLibrary();
        foreach (long bytes in (long[])[1, budget])
        {
            foreach ((string name, float[] values) in run.RunLibrary(threads: 2, memoryBudget: bytes))
            {
                MemoryMarshal.Cast<float, int>(values).SequenceEqual(MemoryMarshal.Cast<float, int>(expected[name])).Should().BeTrue(
                    "the bits of {0} must agree for {1}, lengths {2}, budget {3}", name, run.Model, string.Join(' ', run.Lengths), bytes);
            }
        }
    }
}
