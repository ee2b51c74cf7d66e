using System.Diagnostics;

namespace LstmSharp.Benchmarks;

/// <summary>Times every single step of streams that take turns on one thread.</summary>
internal static class StepLatency
{
    private const int Inputs = 64;
    private const int WarmUpRounds = 5;
    private const int WarmUpSteps = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(Environment.ProcessorCount == 1 ? 1500 : 150);

    /// <summary>Opens streams on one LSTM layer and lets them step.</summary>
    /// <param name="size">The layer's input and hidden size.</param>
    /// <param name="streams">How many streams take turns.</param>
    /// <param name="batchSize">The rows of each stream.</param>
    /// <param name="steps">How many steps are timed.</param>
    /// <returns>The steps' times in microseconds, in ascending order.</returns>
    public static double[] Measure(int size, int streams, int batchSize, int steps)
    {
        SequenceModel model = SequenceModel.Create(size).Lstm(size).Build(seed: 1);
        model.MaxDegreeOfParallelism = 1;
        SequenceStream[] opened = [.. Enumerable.Range(0, streams).Select(_ => model.OpenStream(batchSize))];
        var random = new Random(1);
        float[][] inputs = [.. Enumerable.Range(0, Inputs).Select(_ => Numbers(random, batchSize * size))];
        float[] output = new float[batchSize * size];
        for (int round = 0; round < WarmUpRounds; round++)
        {
            Time(opened, inputs, output, WarmUpSteps);
            Thread.Sleep(Pause);
        }

        return Time(opened, inputs, output, steps);
    }

    private static double[] Time(SequenceStream[] streams, float[][] inputs, float[] output, int steps)
    {
        long[] ticks = new long[steps];
        for (int step = 0; step < steps; step++)
        {
            SequenceStream stream = streams[step % streams.Length];
            float[] input = inputs[step % inputs.Length];
            long start = Stopwatch.GetTimestamp();
            stream.Step(input, output);
            ticks[step] = Stopwatch.GetTimestamp() - start;
        }

        Array.Sort(ticks);
        return Array.ConvertAll(ticks, tick => tick * 1e6 / Stopwatch.Frequency);
    }

    private static float[] Numbers(Random random, int count)
    {
        float[] numbers = new float[count];
        foreach (ref float number in numbers.AsSpan())
        {
            number = (random.NextSingle() * 2) - 1;
        }

        return numbers;
    }
}
