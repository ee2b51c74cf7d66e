using System.Globalization;
using System.Text;

namespace LstmSharp.Benchmarks.Reports;

/// <summary>Layers beside the peers: a table for each work, then means, worst ratios and the speed-up by threads.</summary>
internal sealed class LayerSection(Results results, IReadOnlyList<Measurement> measurements, double peak)
{
    private static readonly Contender[] Peers = [Contender.OnnxRuntime, Contender.TorchSharp];

    private readonly Measurement[] _ours = [.. measurements.Where(m => m.Contender == Contender.LstmSharp)];

    public string Write()
    {
        var text = new StringBuilder();
        foreach (IGrouping<(CellKind Cell, Work Work), Measurement> rows in _ours.GroupBy(m => (m.Cell, m.Work)))
        {
            text.Append(CultureInfo.InvariantCulture, $"### {CellName(rows.Key.Cell)}, {WorkName(rows.Key.Work)}\n\n");
            text.Append(Table([.. rows])).Append('\n');
        }

        text.Append("### Ratios\n\n").Append(Ratios()).Append('\n');
        int[] threads = [.. _ours.Select(m => m.Threads).Distinct()];
        if (threads.Length > 1 && threads.Contains(1))
        {
            text.Append(CultureInfo.InvariantCulture, $"### LstmSharp, time on 1 thread over time on {threads[^1]}\n\n");
            text.Append(SpeedUps(threads[^1])).Append('\n');
        }

        return text.ToString();
    }

    private static string CellName(CellKind cell) => cell switch
    {
        CellKind.Lstm => "LSTM",
        CellKind.Gru => "GRU",
        _ => "Vanilla RNN",
    };

    private static string WorkName(Work work) => work switch
    {
        Work.Inference => "inference",
        Work.TrainingStep => "training step",
        _ => "training step with Adam",
    };

    private MarkdownTable Table(Measurement[] rows)
    {
        bool hasOnnxRuntime = rows[0].Work == Work.Inference;
        string[] peerHeadings = hasOnnxRuntime ? ["ONNX Runtime µs", "ratio", "TorchSharp µs", "ratio"] : ["TorchSharp µs", "ratio"];
        var table = new MarkdownTable(["T·B·I·H", "threads", "LstmSharp µs", "GFLOP/s", "% of peak", "bytes", .. peerHeadings]);
        foreach (Measurement m in rows)
        {
            double gigaflops = m.Shape.Flops(m.Work, m.Cell) / results.Nanoseconds(m);
            table.Row([
                m.Shape.ToString(),
                m.Threads.ToString(CultureInfo.InvariantCulture),
                Microseconds(m),
                MarkdownTable.Number(gigaflops),
                (100 * gigaflops / (m.Threads * peak)).ToString("F0", CultureInfo.InvariantCulture),
                results.Bytes(m).ToString("N0", CultureInfo.InvariantCulture),
                .. Peers.Where(peer => hasOnnxRuntime || peer != Contender.OnnxRuntime)
                    .SelectMany(peer => (string[])[Microseconds(m.By(peer)), MarkdownTable.Number(results.Ratio(m, peer))]),
            ]);
        }

        return table;
    }

    private MarkdownTable Ratios()
    {
        var table = new MarkdownTable("Work", "peer", "geometric mean", "worst", "where");
        foreach (IGrouping<(CellKind Cell, Work Work), Measurement> rows in _ours.GroupBy(m => (m.Cell, m.Work)))
        {
            foreach (Contender peer in Peers)
            {
                (Measurement M, double Ratio)[] ratios =
                    [.. rows.Select(m => (m, results.Ratio(m, peer))).Where(r => !double.IsNaN(r.Item2))];
                if (ratios.Length > 0)
                {
                    (Measurement M, double Ratio) worst = ratios.MaxBy(r => r.Ratio);
                    table.Row(
                        $"{CellName(rows.Key.Cell)}, {WorkName(rows.Key.Work)}",
                        peer == Contender.OnnxRuntime ? "ONNX Runtime" : peer.ToString(),
                        MarkdownTable.Number(Math.Exp(ratios.Average(r => Math.Log(r.Ratio)))),
                        MarkdownTable.Number(worst.Ratio),
                        $"{worst.M.Shape}, threads {worst.M.Threads}");
                }
            }
        }

        return table;
    }

    private MarkdownTable SpeedUps(int threads)
    {
        Work[] works = [.. _ours.Select(m => m.Work).Distinct()];
        var table = new MarkdownTable(["Cell, T·B·I·H", .. works.Select(WorkName)]);
        foreach (IGrouping<(CellKind Cell, Shape Shape), Measurement> row in _ours.GroupBy(m => (m.Cell, m.Shape)))
        {
            Measurement one = row.First() with { Threads = 1 };
            table.Row([
                $"{CellName(row.Key.Cell)}, {row.Key.Shape}",
                .. works.Select(work => one with { Work = work }).Select(m =>
                    MarkdownTable.Number(results.Nanoseconds(m) / results.Nanoseconds(m with { Threads = threads }))),
            ]);
        }

        return table;
    }

    private string Microseconds(Measurement measurement) => MarkdownTable.Number(results.Nanoseconds(measurement) / 1000);
}
