using System.Text.RegularExpressions;

namespace Documentation;

/// <summary>A page of Markdown: its fenced blocks, headings and links.</summary>
internal sealed partial class MarkdownPage(string path, string text)
{
    public string Text => text;

    /// <summary>The contents of the fenced blocks of a language, in order; of every language where none is given.</summary>
    public string[] Blocks(string? language = null) =>
    [
        .. Fence().Matches(text)
            .Where(block => language is null || block.Groups[1].Value == language)
            .Select(block => block.Groups[2].Value),
    ];

    /// <summary>The lines that open a fenced block, as they stand: with their indentation and all that follows the fence.</summary>
    public IEnumerable<string> FenceOpenings() =>
        text.Split('\n').Where(line => FenceLine().IsMatch(line)).Where((_, index) => index % 2 == 0);

    /// <summary>The headings with their number signs.</summary>
    public string[] Headings() => [.. Prose().Split('\n').Where(line => Heading().IsMatch(line))];

    /// <summary>The text from a heading to the next of the same level.</summary>
    public MarkdownPage Section(string heading)
    {
        string level = heading[..(heading.IndexOf(' ') + 1)];
        int start = text.IndexOf($"\n{heading}\n", StringComparison.Ordinal);
        int end = start < 0 ? start : text.IndexOf($"\n{level}", start + 1, StringComparison.Ordinal);
        return start < 0
            ? throw new InvalidDataException($"{path}: there is no heading '{heading}'.")
            : new MarkdownPage(path, end < 0 ? text[start..] : text[start..end]);
    }

    /// <summary>What keeps this page's relative links from leading somewhere.</summary>
    public IEnumerable<string> BrokenLinks()
    {
        foreach (Match link in Link().Matches(Prose()))
        {
            string[] target = link.Groups[1].Value.Split('#', 2);
            if (!Exists(target[0], target.Length == 2 ? target[1] : null))
            {
                yield return $"{path}: {link.Value}";
            }
        }
    }

    private bool Exists(string file, string? anchor)
    {
        string linked = Path.Combine(Path.GetDirectoryName(path)!, file);
        string onDisk = Path.Combine(Repository.Root, linked);
        return anchor is null
            ? File.Exists(onDisk) || Directory.Exists(onDisk)
            : (file.Length == 0 ? this : File.Exists(onDisk) ? Repository.Read(linked) : null)?.Anchors().Contains(anchor) == true;
    }

    /// <summary>The headings' names in links: lower case, hyphens for spaces, no punctuation.</summary>
    private IEnumerable<string> Anchors() => Headings().Select(heading => new string(
        [.. heading.TrimStart('#').Trim().ToLowerInvariant().Replace(' ', '-').Where(c => char.IsLetterOrDigit(c) || c is '-' or '_')]));

    private string Prose() => Fence().Replace(text, string.Empty);

    [GeneratedRegex(@"^```(\w*)\n(.*?)\n```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\s*(```|~~~)")]
    private static partial Regex FenceLine();

    [GeneratedRegex("^#+ ")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\((?!\w+:)([^)\s]+)\)")]
    private static partial Regex Link();
}
