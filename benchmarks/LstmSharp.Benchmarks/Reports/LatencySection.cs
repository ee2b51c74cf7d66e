using System.Globalization;

namespace LstmSharp.Benchmarks.Reports;

/// <summary>How long single steps of streams take.</summary>
internal static class LatencySection
{
    private const int Many = 1_000;
    private const int Steps = 200_000;
    private const int StepsOfABatch = 1_000;

    private static readonly int[] Sizes = [64, 256];

    public static string Write() => $"### One step of a stream, one LSTM layer, 1 thread, µs\n\n{Table()}\n";

    private static MarkdownTable Table()
    {
        var table = new MarkdownTable("I = H", "streams", "rows of each", "steps", "p50", "p99", "p99.9");
        foreach (int size in Sizes)
        {
            Row(table, size, streams: 1, batchSize: 1, Steps);
            Row(table, size, streams: Many, batchSize: 1, Steps);
            Row(table, size, streams: 1, batchSize: Many, StepsOfABatch);
        }

        return table;
    }

    private static void Row(MarkdownTable table, int size, int streams, int batchSize, int steps)
    {
        Console.Error.WriteLine($"latency, I = H = {size}, {streams} streams of {batchSize} rows");
        double[] sorted = StepLatency.Measure(size, streams, batchSize, steps);
        string Percentile(double percent) => MarkdownTable.Number(sorted[(int)Math.Ceiling(percent / 100 * sorted.Length) - 1]);
        string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
        table.Row(Text(size), Text(streams), Text(batchSize), Text(steps), Percentile(50), Percentile(99), Percentile(99.9));
    }
}
