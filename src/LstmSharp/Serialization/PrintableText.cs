using System.Globalization;
using System.Text;

namespace LstmSharp;

/// <summary>Makes text of unknown origin fit for a message.</summary>
internal static class PrintableText
{
    /// <summary>The text with <c>\u001B</c> and the like for every character that would steer a terminal or a log instead of being seen:
    /// controls, line ends, formats such as those that turn the direction of writing, and halves of characters.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsUnfit))
        {
            return text;
        }

        var printable = new StringBuilder();
        for (int n = 0; n < text.Length; n++)
        {
            if (n + 1 < text.Length && char.IsSurrogatePair(text[n], text[n + 1]))
            {
                bool isFormat = CharUnicodeInfo.GetUnicodeCategory(text, n) == UnicodeCategory.Format;
                printable.Append(isFormat ? Escaped(text[n]) + Escaped(text[n + 1]) : text.Substring(n, 2));
                n++;
            }
            else
            {
                printable.Append(IsUnfit(text[n]) ? Escaped(text[n]) : text[n].ToString());
            }
        }

        return printable.ToString();
    }

    private static bool IsUnfit(char letter) => char.GetUnicodeCategory(letter)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Escaped(char letter) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:X4}");
}
