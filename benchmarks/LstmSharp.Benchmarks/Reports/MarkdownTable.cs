using System.Globalization;
using System.Text;

namespace LstmSharp.Benchmarks.Reports;

/// <summary>A table of Markdown, first column to the left, the others to the right.</summary>
internal sealed class MarkdownTable
{
    private readonly StringBuilder _text = new();

    public MarkdownTable(params ReadOnlySpan<string> headings)
    {
        Row(headings);
        _text.Append("|---|");
        _text.Insert(_text.Length, "---:|", headings.Length - 1);
        _text.Append('\n');
    }

    public MarkdownTable Row(params ReadOnlySpan<string> cells)
    {
        _text.Append("| ");
        _text.AppendJoin(" | ", cells);
        _text.Append(" |\n");
        return this;
    }

    public override string ToString() => _text.ToString();

    /// <summary>Three or more significant digits, or a dash where there is no number.</summary>
    public static string Number(double value) => value switch
    {
        double.NaN => "–",
        < 10 => value.ToString("F2", CultureInfo.InvariantCulture),
        < 100 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("N0", CultureInfo.InvariantCulture),
    };
}
