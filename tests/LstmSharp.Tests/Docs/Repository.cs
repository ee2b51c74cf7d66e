using System.Text.RegularExpressions;

namespace Documentation;

/// <summary>The repository that the tests were built from.</summary>
internal static partial class Repository
{
    /// <summary>The collection of those examples that write files of the same names, which must not run side by side.</summary>
    public const string WorkingFolder = "Examples that write into the working folder";

    public static string Root { get; } = FindRoot();

    /// <summary>Reads a Markdown file by its path from the root.</summary>
    public static MarkdownPage Read(string path) => new(path, File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n"));

    /// <summary>The paths from the root of README.md, of every package's page under src and of every page under docs.</summary>
    public static IEnumerable<string> Pages() =>
        FilesIn("docs", "*.md").Concat(FilesIn("src", "*.md"))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .Prepend("README.md");

    /// <summary>The code between <c>// &lt;name&gt;</c> and <c>// &lt;/name&gt;</c>, every name once; a name's parts are joined.</summary>
    public static IEnumerable<string> Snippets()
    {
        var snippets = new Dictionary<string, string>();
        foreach (string file in FilesIn("tests", "*Snippets.cs"))
        {
            foreach (Match part in Snippet().Matches(File.ReadAllText(file).ReplaceLineEndings("\n")))
            {
                string name = part.Groups[1].Value;
                snippets[name] = snippets.GetValueOrDefault(name) + part.Groups[2].Value;
            }
        }

        return snippets.Values;
    }

    private static IEnumerable<string> FilesIn(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "LstmSharp.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds LstmSharp.sln.");
    }

    [GeneratedRegex(@"// <([\w-]+)>\n(.*?)// </\1>", RegexOptions.Singleline)]
    private static partial Regex Snippet();
}
