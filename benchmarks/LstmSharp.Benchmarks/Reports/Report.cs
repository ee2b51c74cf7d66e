using System.Text;

namespace LstmSharp.Benchmarks.Reports;

/// <summary>The whole report, in Markdown.</summary>
internal sealed class Report(Options options, PeerCheck check, double peak)
{
    public string Write(Results results)
    {
        var text = new StringBuilder();
        text.Append(Machine.Describe(peak)).Append("\n\n").Append(Contenders()).Append('\n');
        Measurement[] layers = [.. Measured(Group.Lstm), .. Measured(Group.Rnn)];
        if (layers.Length > 0)
        {
            text.Append(new LayerSection(results, layers, peak).Write());
        }

        var small = new SmallSections(results);
        foreach (Group group in options.Groups)
        {
            text.Append(small.Write(group, Measured(group)));
        }

        return text.ToString();
    }

    private IEnumerable<Measurement> Measured(Group group) =>
        options.Groups.Contains(group) ? Groups.Measurements(group, options) : [];

    private string Contenders()
    {
        var text = new StringBuilder();
        foreach (Contender contender in Enum.GetValues<Contender>())
        {
            text.Append(check.Absent.TryGetValue(contender, out string? reason)
                ? $"- {contender}: not run: {reason}.\n"
                : $"- {contender} {Machine.Version(contender)}\n");
        }

        return text.ToString();
    }
}
