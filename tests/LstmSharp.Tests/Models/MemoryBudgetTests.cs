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
    }

    [Fact]
    public void ForwardAndBackward_AHundredThousandSteps_Fit64MiB()
    {
        const long budget = 64 << 20, slack = 1 << 20;
        const int length = 100_000, hiddenSize = 128;
        SequenceModel model = SequenceModel.Create(1).Lstm(hiddenSize).TakeLast().Dense(1).Build(seed: 1);
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
