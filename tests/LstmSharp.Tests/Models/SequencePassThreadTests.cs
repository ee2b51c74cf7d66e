using System.Numerics.Tensors;

namespace LstmSharp.Tests.Models;

/// <summary>A pass that two threads get hold of: one of them is refused, and nobody reads or writes what is not his.</summary>
public sealed class SequencePassThreadTests
{
    private const int Rounds = 100_000;
    private const int LongSequence = 4_000;

    /// <summary>A gradient of one step that is taken belongs to a forward run of one step, though another thread runs long ones.</summary>
    [Fact]
    public async Task Backward_WhileAnotherThreadRunsLongerSequences_ReadsItsOwnGradientAlone()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(1).Build();
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        float[] ones = [1];
        List<float> taken = [];
        await WhileAnotherRuns(pass, [(1, 1), (LongSequence, 1)], () =>
        {
            gradients.Clear();
            if (Attempt(() => pass.Backward(new ReadOnlyTensorSpan<float>(ones, [1, 1, 1]), gradients)))
            {
                taken.Add(gradients["0.Bias"].Values[0]);
            }
        });
        taken.Where(sum => sum != 1).Should().BeEmpty();
    }

    /// <summary>A length without its batch size would be a shape that no run had.</summary>
    [Fact]
    public async Task Output_WhileAnotherThreadRunsOtherShapes_HasTheShapeOfOneRun()
    {
        SequencePass pass = SequenceModel.Create(1).Dense(1).Build().CreatePass();
        (int, int)[] shapes = [(LongSequence, 1), (2, LongSequence / 2), (1, 1)];
        List<(int, int)> seen = [];
        await WhileAnotherRuns(pass, shapes, () => Attempt(() =>
        {
            ReadOnlyTensorSpan<float> output = pass.Output;
            seen.Add(((int)output.Lengths[0], (int)output.Lengths[1]));
        }));
        seen.Distinct().Except(shapes).Should().BeEmpty();
    }

    private static async Task WhileAnotherRuns(SequencePass pass, (int Length, int BatchSize)[] shapes, Action work)
    {
        float[] inputs = new float[LongSequence];
        using var stop = new CancellationTokenSource();
        using var begun = new ManualResetEventSlim();
        Task other = Task.Run(() =>
        {
            for (int n = 0; !stop.IsCancellationRequested; n++)
            {
                (int length, int batchSize) = shapes[n % shapes.Length];
                Attempt(() => pass.Forward(new ReadOnlyTensorSpan<float>(inputs, [length, batchSize, 1])));
                begun.Set();
            }
        });
        begun.Wait();
        for (int n = 0; n < Rounds; n++)
        {
            work();
        }

        await stop.CancelAsync();
        await other;
    }

    /// <returns>Whether the pass took the work, rather than refuse it.</returns>
    private static bool Attempt(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        catch (ArgumentException exception) when (exception.Message.Contains("outputGradient", StringComparison.Ordinal))
        {
            return false;
        }
    }
}
