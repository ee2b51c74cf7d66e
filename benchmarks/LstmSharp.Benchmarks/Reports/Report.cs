using System.Text;

namespace LstmSharp.Benchmarks.Reports;

/// <summary>The whole report, in Markdown.</summary>
internal sealed class Report(Options options, PeerCheck check, double peak)
{
    private const string Legend = """
        Times are medians of one operation. A ratio is LstmSharp's time over the peer's: below 1, LstmSharp is faster; – was not
        measured. GFLOP/s count the matrix products alone, with G = 4 gates (1 for a vanilla RNN): inference 2·T·B·G·H·(I + H), a
        training step three times that, less the 2·T·B·G·H·I of the input's gradient, which nobody computes. The peak is the number
        of threads times one core's. Bytes are managed ones for each operation.

        """;

    public string Write(Results results)
    {
        string sections = Sections(results);
        return $"{Machine.Describe(peak)}\n\n{Contenders()}\n{Legend}\n{sections}";
    }

    private string Sections(Results results)
    {
        var text = new StringBuilder();
        Measurement[] layers = [.. Measured(Group.Lstm), .. Measured(Group.Gru), .. Measured(Group.Rnn)];
        if (layers.Length > 0)
        {
            text.Append(new LayerSection(results, layers, peak).Write());
        }

        var small = new SmallSections(results);
        foreach (Group group in options.Groups)
        {
            text.Append(small.Write(group, Measured(group)));
            text.Append(group switch
            {
                Group.Crowd => CrowdSection.Write(),
                Group.Latency => LatencySection.Write(),
                Group.Ragged => RaggedSection.Write(),
                Group.LanguageModel or Group.RaggedTraining => TrainingSection.Write(group),
                _ => ProcessSections.Write(group, check),
            });
        }

        return text.ToString();
    }

    private IEnumerable<Measurement> Measured(Group group) =>
        options.Groups.Contains(group) ? Groups.Measurements(group, options) : [];

    private string Contenders()
    {
        var text = new StringBuilder();
        foreach (Contender contender in new[] { Contender.LstmSharp, Contender.OnnxRuntime, Contender.TorchSharp })
        {
            text.Append(check.CanRun(contender)
                ? $"- {contender} {Machine.Version(contender)}\n"
                : $"- {contender}: not run: {check.Absent[contender]}.\n");
        }

        return text.Append($"- TensorPrimitives {Machine.Version(Contender.TensorPrimitives)}\n").ToString();
    }
}
