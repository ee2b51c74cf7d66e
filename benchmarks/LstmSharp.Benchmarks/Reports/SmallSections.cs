using System.Globalization;

namespace LstmSharp.Benchmarks.Reports;

/// <summary>The tables of the groups that ask one question each.</summary>
internal sealed class SmallSections(Results results)
{
    public string? Write(Group group, IEnumerable<Measurement> measurements)
    {
        Measurement[] ours = [.. measurements.Where(m => m.Contender == Contender.LstmSharp)];
        (string Title, MarkdownTable Table)? section = group switch
        {
            Group.Streaming => ("One streaming step, batch 1", Streaming(ours)),
            Group.Functions => ("Elementary functions, nanoseconds per value", Functions(ours)),
            Group.Steps => ("Time per step of a long sequence, batch as stated", Steps(ours)),
            Group.Denormals => ("Denormal states", Denormals(ours)),
            _ => null,
        };
        return section is { } found ? $"### {found.Title}\n\n{found.Table}\n" : null;
    }

    private MarkdownTable Streaming(Measurement[] ours)
    {
        var table = new MarkdownTable("net", "LstmSharp µs", "bytes", "ONNX Runtime µs", "ratio", "20,000 steps at once, µs a step");
        foreach (Measurement m in ours.Where(m => m.Work == Work.StreamingStep))
        {
            Measurement atOnce = m with { Work = Work.Inference, Shape = m.Shape with { Length = Groups.StreamedAtOnce } };
            table.Row(
                $"LSTM {m.Shape.InputSize} => {m.Shape.HiddenSize}{(m.HasHead ? ", Dense(1)" : string.Empty)}",
                Thousandths(m),
                results.Bytes(m).ToString(CultureInfo.InvariantCulture),
                Microseconds(m.By(Contender.OnnxRuntime)),
                results.Ratio(m, Contender.OnnxRuntime).ToString("F3", CultureInfo.InvariantCulture),
                m.HasHead ? PerStep(atOnce).ToString("F3", CultureInfo.InvariantCulture) : "–");
        }

        return table;
    }

    private string Thousandths(Measurement m) => (results.Nanoseconds(m) / 1000).ToString("F3", CultureInfo.InvariantCulture);

    private MarkdownTable Functions(Measurement[] ours)
    {
        var table = new MarkdownTable("Function", "LstmSharp", "TensorPrimitives", "ratio");
        foreach (Measurement m in ours)
        {
            string PerValue(Measurement one) =>
                (results.Nanoseconds(one) / one.Shape.InputCount).ToString("F3", CultureInfo.InvariantCulture);
            table.Row(
                m.Work.ToString(),
                PerValue(m),
                PerValue(m.By(Contender.TensorPrimitives)),
                MarkdownTable.Number(results.Ratio(m, Contender.TensorPrimitives)));
        }

        return table;
    }

    private MarkdownTable Steps(Measurement[] ours)
    {
        var table = new MarkdownTable("B·I·H", "work", "T", "µs a step", "T", "µs a step", "ratio");
        foreach (Measurement many in ours.Where(m => m.Shape.Length == Groups.LongLength))
        {
            Measurement few = ours.First(m => m.Work == many.Work && m.Shape == many.Shape with { Length = m.Shape.Length });
            double perStep = PerStep(few), perStepOfMany = PerStep(many);
            table.Row(
                $"{many.Shape.BatchSize}·{many.Shape.InputSize}·{many.Shape.HiddenSize}",
                many.Work.ToString(),
                few.Shape.Length.ToString(CultureInfo.InvariantCulture),
                MarkdownTable.Number(perStep),
                many.Shape.Length.ToString(CultureInfo.InvariantCulture),
                MarkdownTable.Number(perStepOfMany),
                MarkdownTable.Number(perStepOfMany / perStep));
        }

        return table;
    }

    private MarkdownTable Denormals(Measurement[] ours)
    {
        var table = new MarkdownTable("Cell, T·B·I·H", "work", "usual values µs", "denormal states µs", "ratio");
        foreach (Measurement m in ours.Where(m => m.Values == Values.Usual))
        {
            Measurement denormal = m with { Values = Values.Denormal };
            table.Row(
                $"{m.Cell}, {m.Shape}",
                m.Work.ToString(),
                Microseconds(m),
                Microseconds(denormal),
                MarkdownTable.Number(results.Nanoseconds(denormal) / results.Nanoseconds(m)));
        }

        return table;
    }

    private double PerStep(Measurement m) => results.Nanoseconds(m) / 1000 / m.Shape.Length;

    private string Microseconds(Measurement m) => MarkdownTable.Number(results.Nanoseconds(m) / 1000);
}
