using System.Globalization;
using LstmSharp.Benchmarks.Processes;

namespace LstmSharp.Benchmarks.Reports;

/// <summary>What is measured on whole processes.</summary>
internal static class ProcessSections
{
    private static readonly Shape MemoryShape = new(100, 32, 256, 256);

    public static string? Write(Group group, PeerCheck check) => group switch
    {
        Group.Memory => $"### Peak memory of a process, LSTM {MemoryShape}, 1 thread, MiB\n\n{Memory(check)}\n",
        Group.ColdStart => $"### Whole process to the first output, LSTM 100·1·64·128 from a file\n\n{Cold()}\n",
        _ => null,
    };

    private static MarkdownTable Memory(PeerCheck check)
    {
        var table = new MarkdownTable("Program", "inference", "training step");
        table.Row("empty .NET program", Number(PeakMemory.Of(null)), Number(PeakMemory.Of(null)));
        foreach (Contender contender in new[] { Contender.LstmSharp, Contender.OnnxRuntime, Contender.TorchSharp })
        {
            string Peak(Work work) => check.CanRun(contender) && (contender != Contender.OnnxRuntime || work == Work.Inference)
                ? Number(PeakMemory.Of(new Measurement(contender, work, MemoryShape)))
                : Number(double.NaN);
            table.Row(contender.ToString(), Peak(Work.Inference), Peak(Work.TrainingStep));
        }

        return table;
    }

    private static MarkdownTable Cold()
    {
        IReadOnlyDictionary<string, (double Milliseconds, double Mebibytes, double Microseconds)> measured = ColdStart.Measure();
        var table = new MarkdownTable("Program", "median ms", "peak MiB", "warm prediction µs");
        foreach (string variant in ColdStart.Variants)
        {
            (double milliseconds, double mebibytes, double microseconds) =
                measured.GetValueOrDefault(variant, (double.NaN, double.NaN, double.NaN));
            table.Row(Title(variant), Number(milliseconds), Number(mebibytes), Number(microseconds));
        }

        return table;
    }

    private static string Title(string variant) => variant switch
    {
        "Empty" => "empty .NET program",
        "Jit" => "LstmSharp, JIT",
        "ReadyToRun" => "LstmSharp, JIT, published ReadyToRun",
        "Aot" => "LstmSharp, NativeAOT as the package sets it (AVX2)",
        "AotAvx512" => "LstmSharp, NativeAOT for x86-64-v4 (AVX-512)",
        _ => "ONNX Runtime, JIT",
    };

    private static string Number(double value) => double.IsNaN(value) ? "–" : value.ToString("F1", CultureInfo.InvariantCulture);
}
