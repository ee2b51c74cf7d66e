using System.Text.RegularExpressions;

namespace Documentation;

/// <summary>A page's table of errors, whose first cells quote messages with … for what is left out.</summary>
internal static partial class ErrorTable
{
    /// <summary>Makes sure that a section quotes what its causes throw, row by row.</summary>
    public static void ShouldQuote(string path, string heading, IEnumerable<Action> causes)
    {
        string[] quoted = [.. FirstCell().Matches(Repository.Read(path).Section(heading).Text).Select(row => row.Groups[1].Value)];
        string[] thrown = [.. causes.Select(cause => cause.Should().Throw<Exception>().Which.Message)];

        quoted.Should().HaveSameCount(thrown);
        for (int n = 0; n < quoted.Length; n++)
        {
            string pattern = Regex.Escape(quoted[n]).Replace("…", ".*", StringComparison.Ordinal);
            thrown[n].Should().MatchRegex(new Regex($"^{pattern}( \\(Parameter '.*'\\))?$", RegexOptions.Singleline));
        }
    }

    [GeneratedRegex(@"^\| `([^`]+)`", RegexOptions.Multiline)]
    private static partial Regex FirstCell();
}
