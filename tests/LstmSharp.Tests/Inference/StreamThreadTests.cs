using System.Diagnostics;
using System.Numerics.Tensors;

namespace LstmSharp.Tests.Inference;

/// <summary>Many streams on many threads, and several threads on one stream.</summary>
public sealed class StreamThreadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Step_ThousandStreamsOfOneModelOnManyThreads_GiveTheBitsOfPredict()
    {
        const int streams = 1_000, steps = 20, tasks = 8;
        SequenceModel model = SequenceModel.Create(1).Lstm(11).Dense(2).Build(seed: 1);
        float[][] inputs = [.. Enumerable.Range(0, streams).Select(n => RandomValues.Uniform(new Random(n), steps))];
        float[][] expected = [.. inputs.Select(input => (float[])[.. model.Predict(Tensor.Create(input, [steps, 1, 1]))])];
        SequenceStream[] all = [.. inputs.Select(_ => model.OpenStream())];
        float[][] outputs = [.. all.Select(_ => new float[steps * 2])];

        await Task.WhenAll(Enumerable.Range(0, tasks).Select(task => Task.Run(() =>
        {
            for (int t = 0; t < steps; t++)
            {
                for (int n = task; n < streams; n += tasks)
                {
                    all[n].Step(inputs[n].AsSpan(t, 1), outputs[n].AsSpan(2 * t, 2));
                }
            }
        })));

        outputs.Should().BeEquivalentTo(expected, options => options.WithStrictOrdering());
    }

    [Fact]
    public async Task Step_OneStreamOnManyThreads_CountsEachStepThatWasNotRefused()
    {
        SequenceModel model = SequenceModel.Create(4).Lstm(40).Build(seed: 1);
        SequenceStream stream = model.OpenStream(batchSize: 4), serial = model.OpenStream(batchSize: 4);
        float[] input = RandomValues.Uniform(new Random(1), 4 * 4);
        int taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            float[] output = new float[4 * 40];
            for (int n = 0; n < 300; n++)
            {
                try
                {
                    stream.Step(input, output);
                    Interlocked.Increment(ref taken);
                }
                catch (InvalidOperationException error) when (error.Message.Contains("another thread", StringComparison.Ordinal))
                {
                }
            }
        })));

        taken.Should().BeInRange(300, 1200);
        for (int n = 0; n < taken; n++)
        {
            serial.Step(input, new float[4 * 40]);
        }

        stream.Snapshot().ToBytes().Should().Equal(serial.Snapshot().ToBytes());
    }

    [Fact]
    public async Task AnyUse_WhileAnotherThreadSteps_IsRefusedWithTheRemedy()
    {
        const int batchSize = 256;
        SequenceStream stream = SequenceModel.Create(64).Lstm(256).Build(seed: 1).OpenStream(batchSize);
        ModelState state = stream.Snapshot(), row = stream.Snapshot(0);
        float[] input = new float[batchSize * 64];
        Action[] uses =
        [
            () => stream.Step(input, new float[batchSize * 256]), stream.Reset, () => stream.Reset(0), () => stream.Snapshot(),
            () => stream.Snapshot(0), () => stream.Restore(state), () => stream.Restore(0, row),
        ];
        using var stop = new CancellationTokenSource();
        Task stepping = Task.Run(() =>
        {
            float[] output = new float[batchSize * 256];
            while (!stop.IsCancellationRequested)
            {
                Ignore(() => stream.Step(input, output));
            }
        });

        foreach (Action use in uses)
        {
            string? refusal = null;
            for (long start = Stopwatch.GetTimestamp(); refusal is null && Stopwatch.GetElapsedTime(start) < Patience;)
            {
                refusal = Ignore(use);
            }

            refusal.Should().Be(
                "SequenceStream: another thread is using this stream; give each thread streams of its own, they may share the model.");
        }

        await stop.CancelAsync();
        await stepping;
    }

    /// <summary>What the stream refused an action with; null where it did not.</summary>
    private static string? Ignore(Action use)
    {
        try
        {
            use();
            return null;
        }
        catch (InvalidOperationException refusal)
        {
            return refusal.Message;
        }
    }
}
