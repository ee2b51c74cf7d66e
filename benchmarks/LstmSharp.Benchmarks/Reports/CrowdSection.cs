using System.Diagnostics;
using System.Globalization;
using LstmSharp.Benchmarks.Engines;

namespace LstmSharp.Benchmarks.Reports;

/// <summary>What more threads than processors cost: four times as many in one call, or four times as many callers.</summary>
internal static class CrowdSection
{
    private const int TimesTheProcessors = 4;
    private const int Operations = 400;
    private static readonly Shape CrowdShape = new(100, 32, 64, 128);

    public static string Write()
    {
        int many = TimesTheProcessors * Environment.ProcessorCount;
        Action serial = Inference(threads: 1), crowded = Inference(many);
        Action[] callers = [.. Enumerable.Range(0, many).Select(_ => Inference(Environment.ProcessorCount))];
        (double serialWall, double serialCpu) = Measure(() => Repeat(serial, Operations));
        var table = new MarkdownTable("Inference", "wall ms", "CPU ms", "CPU over serial CPU");
        Row("one caller, 1 thread", (serialWall, serialCpu));
        Row($"one caller, {many} threads", Measure(() => Repeat(crowded, Operations)));
        Row($"{many} callers, {Environment.ProcessorCount} threads each", Measure(() => RunAll(callers)));
        return $"### Four times as many threads as processors, LSTM {CrowdShape}, {Operations} operations\n\n{table}\n";

        void Row(string name, (double Wall, double Cpu) times) => table.Row(
            name,
            MarkdownTable.Number(times.Wall),
            MarkdownTable.Number(times.Cpu),
            (times.Cpu / serialCpu).ToString("F2", CultureInfo.InvariantCulture));
    }

    private static Action Inference(int threads)
    {
        Engine engine = Engine.Create(new Measurement(Contender.LstmSharp, Work.Inference, CrowdShape, threads));
        Action operation = engine.Operation(Work.Inference);
        Repeat(operation, Operations / 10);
        return operation;
    }

    private static void Repeat(Action operation, int times)
    {
        for (int n = 0; n < times; n++)
        {
            operation();
        }
    }

    private static void RunAll(Action[] callers)
    {
        Thread[] threads = [.. callers.Select(caller => new Thread(() => Repeat(caller, Operations / callers.Length)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }

    private static (double WallMilliseconds, double CpuMilliseconds) Measure(Action work)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        work();
        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
    }
}
