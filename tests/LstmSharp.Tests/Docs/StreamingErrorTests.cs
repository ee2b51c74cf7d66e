using LstmSharp;

namespace Documentation;

/// <summary>The table of errors in docs/guide/streaming.md quotes what is really thrown.</summary>
public sealed class StreamingErrorTests
{
    [Theory]
    [InlineData("docs/guide/streaming.md", "## 9. Errors")]
    [InlineData("docs/ko/guide/streaming.md", "## 9. 오류")]
    public void Errors_OfThePagesTable_AreWhatTheirCausesThrow(string path, string heading) => ErrorTable.ShouldQuote(path, heading, Causes());

    private static IEnumerable<Action> Causes()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 2).Lstm(4).Dense(1).Build();
        SequenceStream stream = model.OpenStream(batchSize: 3);
        yield return () => stream.Step(new float[2], new float[3]);
        yield return () => SequenceModel.Create(inputSize: 2).Flatten(24).Dense(1).Build().OpenStream();
        yield return () => SequenceModel.Create(inputSize: 2).Lstm(4).TakeLast().Lstm(4).Build().OpenStream();
        yield return () => StepOnTwoThreads(SequenceModel.Create(inputSize: 64).Lstm(256).Build());
        yield return () => StepWhileRunning(model.OpenStream()).GetAwaiter().GetResult();
        yield return () => stream.Restore(model.CreateState(batchSize: 1));
        yield return () => ModelState.FromBytes(Changed(stream.Snapshot().ToBytes()));
    }

    /// <summary>Steps on two threads until one is refused, or for a minute.</summary>
    private static void StepOnTwoThreads(SequenceModel model)
    {
        const int batchSize = 256;
        SequenceStream stream = model.OpenStream(batchSize);
        long end = Environment.TickCount64 + 60_000;
        InvalidOperationException? refusal = null;
        void Step()
        {
            float[] input = new float[batchSize * model.InputSize], output = new float[batchSize * model.OutputSize];
            while (Volatile.Read(ref refusal) is null && Environment.TickCount64 < end)
            {
                try
                {
                    stream.Step(input, output);
                }
                catch (InvalidOperationException exception)
                {
                    Volatile.Write(ref refusal, exception);
                }
            }
        }

        var other = new Thread(Step);
        other.Start();
        Step();
        other.Join();
        throw refusal ?? new InvalidOperationException("Neither thread was refused.");
    }

    private static async Task StepWhileRunning(SequenceStream stream)
    {
        await foreach (float[] output in stream.RunAsync(new[] { new float[2] }.ToAsyncEnumerable()))
        {
            stream.Step(new float[2], output);
        }
    }

    private static byte[] Changed(byte[] bytes)
    {
        bytes[^10] ^= 1;
        return bytes;
    }
}
