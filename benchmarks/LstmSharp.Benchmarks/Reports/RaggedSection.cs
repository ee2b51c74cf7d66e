using System.Globalization;

namespace LstmSharp.Benchmarks.Reports;

/// <summary>What rows of different length and long sequences within a memory budget cost beside what they might.</summary>
internal static class RaggedSection
{
    private const int WarmUps = 3;
    private const int Rounds = 15;
    private const int LongLength = 10_000;
    private const long Budget = 8 << 20;
    private static readonly Shape[] RaggedShapes = [new(100, 32, 256, 256), new(100, 128, 256, 256)];
    private static readonly Shape[] ShortShapes = [new(100, 1, 64, 64), new(100, 32, 64, 64)];

    public static string Write() =>
        $"""
        ### Rows of different length, uniform in 1..100, LSTM, 1 thread, processor time

        {Ragged()}
        ### T {LongLength} within {Budget >> 20} MiB, a training step, LSTM, 1 thread, processor time

        {Long()}

        """;

    private static MarkdownTable Ragged()
    {
        var table = new MarkdownTable("T·B·I·H", "work", "all steps µs", "real steps µs", "share of real steps", "ratio to the share");
        foreach (Shape shape in RaggedShapes)
        {
            var random = new Random(1);
            int[] lengths = [.. Enumerable.Range(0, shape.BatchSize).Select(_ => random.Next(1, shape.Length + 1))];
            double share = (double)lengths.Sum() / (shape.Length * shape.BatchSize);
            Lessons whole = new(shape, []), ragged = new(shape, lengths);
            Row(Work.Inference, whole.Infer, ragged.Infer);
            Row(Work.TrainingStep, () => whole.Train(), () => ragged.Train());

            void Row(Work work, Action all, Action real)
            {
                Console.Error.WriteLine($"ragged, {shape}, {work}");
                (double allTime, double realTime, double ratio) = Compare(all, real);
                table.Row(
                    shape.ToString(),
                    work.ToString(),
                    MarkdownTable.Number(allTime),
                    MarkdownTable.Number(realTime),
                    share.ToString("F3", CultureInfo.InvariantCulture),
                    MarkdownTable.Number(ratio / share));
            }
        }

        return table;
    }

    private static MarkdownTable Long()
    {
        const int Times = LongLength / 100;
        var table = new MarkdownTable("B·I·H", $"{Times} × T 100 without a budget µs", $"T {LongLength} within it µs", "ratio");
        foreach (Shape shape in ShortShapes)
        {
            Console.Error.WriteLine($"ragged, {shape} within a budget");
            Lessons brief = new(shape, []), extended = new(shape with { Length = LongLength }, [], Budget);
            (double few, double many, double ratio) = Compare(
                () =>
                {
                    for (int n = 0; n < Times; n++)
                    {
                        brief.Train();
                    }
                },
                () => extended.Train());
            table.Row(
                $"{shape.BatchSize}·{shape.InputSize}·{shape.HiddenSize}",
                MarkdownTable.Number(few),
                MarkdownTable.Number(many),
                MarkdownTable.Number(ratio));
        }

        return table;
    }

    /// <summary>Runs two operations in turn, so that a drift of the clock meets them alike.</summary>
    /// <returns>The medians of their times in µs, and of the second one's over the first one's.</returns>
    private static (double First, double Second, double Ratio) Compare(Action first, Action second)
    {
        var times = new (double First, double Second)[WarmUps + Rounds];
        for (int n = 0; n < times.Length; n++)
        {
            times[n] = (Time(first), Time(second));
        }

        var warm = times.Skip(WarmUps).ToArray();
        return (
            Median(warm.Select(pair => pair.First)),
            Median(warm.Select(pair => pair.Second)),
            Median(warm.Select(pair => pair.Second / pair.First)));
    }

    /// <summary>Processor time does not count what others do on a machine that is shared.</summary>
    private static double Time(Action operation)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        operation();
        return (Environment.CpuUsage.TotalTime - start).TotalMicroseconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
