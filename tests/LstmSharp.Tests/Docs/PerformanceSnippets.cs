// <performance-memory>
using System.Diagnostics;
using System.Numerics.Tensors;
using LstmSharp;
// </performance-memory>

namespace Documentation;

/// <summary>The examples of docs/guide/performance.md.</summary>
[Collection(Repository.WorkingFolder)]
public sealed class PerformanceSnippets
{
    [Fact]
    public void Prediction_IntoOwnMemory_AllocatesNothing()
    {
        using (var file = new FileStream("weather.safetensors", FileMode.Create))
        {
            SequenceModel.Create(inputSize: 8).Lstm(32).TakeLast().Dense(6).Build(seed: 1).Save(file);
        }

        // <performance-memory>
        SequenceModel model = SequenceModel.Load("weather.safetensors");        // once a process; all threads share it
        float[] input = new float[50 * 16 * 8], output = new float[1 * 16 * 6]; // made once, filled again for every request

        void Predict() => model.Predict(
            new ReadOnlyTensorSpan<float>(input, [50, 16, 8]), new TensorSpan<float>(output, [1, 16, 6]));
        // </performance-memory>

        // <performance-bytes>
        Predict();                                                              // the first call makes the model's memory
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 1000; n++)
        {
            Predict();
        }

        Console.WriteLine(GC.GetAllocatedBytesForCurrentThread() - before);     // 0
        // </performance-bytes>

        before = GC.GetAllocatedBytesForCurrentThread();
        Predict();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        // <performance-measure>
        for (int n = 0; n < 1000; n++)
        {
            Predict();                                                          // warm-up: the JIT compiler, caches, memory
        }

        double[] microseconds = new double[201];
        for (int n = 0; n < microseconds.Length; n++)
        {
            long start = Stopwatch.GetTimestamp();
            Predict();
            microseconds[n] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(microseconds);
        Console.WriteLine($"median {microseconds[100]:0.0} µs, best {microseconds[0]:0.0} µs, 99th percentile {microseconds[198]:0.0} µs");
        // </performance-measure>

        microseconds.Should().OnlyContain(time => time > 0).And.BeInAscendingOrder();
        output.Should().Equal(model.Predict(Tensor.Create(input, [50, 16, 8])));
        File.Delete("weather.safetensors");
    }

    [Fact]
    public void Server_WithManyCallers_ServesThemOnOneModel()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 2).Lstm(16).TakeLast().Dense(1).Build(seed: 1);
        Tensor<float>[] requests =
        [
            .. Enumerable.Range(0, 64).Select(n => Tensor.Create(Enumerable.Range(n, 20).Select(k => k / 99f).ToArray(), [10, 1, 2])),
        ];
        float[] answers = new float[requests.Length];

        // <performance-server>
        model.MaxDegreeOfParallelism = 1;                                       // the callers are the parallelism
        Parallel.For(0, requests.Length, n => answers[n] = model.Predict(requests[n])[0, 0, 0]);
        // </performance-server>

        answers.Should().Equal(requests.Select(request => model.Predict(request)[0, 0, 0])).And.OnlyHaveUniqueItems();
        Streams_InOneBatch_AreStreamsOfTheirOwn(model);
    }

    private static void Streams_InOneBatch_AreStreamsOfTheirOwn(SequenceModel model)
    {
        // <performance-streams>
        SequenceStream sensors = model.OpenStream(batchSize: 64);               // 64 sensors that tick together
        float[] readings = new float[64 * 2], answers = new float[64 * 1];
        sensors.Step(readings, answers);                                        // one product for all, not 64 small ones
        // </performance-streams>

        SequenceStream alone = model.OpenStream();
        float[] answer = new float[1];
        alone.Step(readings.AsSpan(0, 2), answer);
        answers.Should().OnlyContain(value => value == answer[0]);
    }
}
