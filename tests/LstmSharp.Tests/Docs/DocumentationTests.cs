using System.Text.RegularExpressions;

namespace Documentation;

public sealed partial class DocumentationTests
{
    public static TheoryData<string> Pages => [.. Repository.Pages()];

    public static TheoryData<string> GuidePages => [.. Guides];

    public static TheoryData<string> KoreanPages => [.. Repository.Pages().Where(page => !IsEnglish(page))];

    public static TheoryData<string> PagesToReadThrough =>
        [.. Guides.Concat(Guides.Select(KoreanOf)).Prepend("README.md")];

    private static string[] Guides =>
    [
        .. Repository.Pages().Where(
            page => page is "docs/getting-started.md" || page.StartsWith("docs/guide/", StringComparison.Ordinal)),
    ];

    [Fact]
    public void CSharpBlocks_OfEveryPage_AreTheSnippetsThatTheTestsRun()
    {
        IEnumerable<string> blocks = Repository.Pages().Where(IsEnglish).SelectMany(page => Repository.Read(page).Blocks("csharp"));

        blocks.Select(WithoutLayout).Should().BeEquivalentTo(Repository.Snippets().Select(WithoutLayout));
    }

    [Theory]
    [MemberData(nameof(KoreanPages))]
    public void CSharpBlocks_OfKoreanPage_AreTheEnglish(string path) =>
        Repository.Read(path).Blocks("csharp").Should().Equal(Repository.Read(EnglishOf(path)).Blocks("csharp"));

    /// <summary>A block that says "cs" or nothing, or is indented, would be C# that nobody runs.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void FencedBlocks_OfEveryPage_AreCSharpThatIsRunOrSayWhatElse(string path)
    {
        MarkdownPage page = Repository.Read(path);

        page.FenceOpenings().Should().BeSubsetOf(["```csharp", "```python", "```text", "```xml", "```"]).And.HaveCount(page.Blocks().Length);
        page.Blocks(string.Empty).Should().NotContain(block => block.Contains(';'), "only commands and what they print name no language");
    }

    [Theory]
    [MemberData(nameof(GuidePages))]
    public void KoreanGuide_HasTheBlocksAndHeadingsOfTheEnglish(string path)
    {
        MarkdownPage english = Repository.Read(path), korean = Repository.Read(KoreanOf(path));

        korean.Blocks().Should().Equal(english.Blocks());
        Places(korean).Should().Equal(Places(english)).And.NotBeEmpty();
    }

    [Theory]
    [InlineData("docs/guide")]
    [InlineData("docs/ko/guide")]
    public void Index_OfTheGuide_LinksToEveryPage(string folder)
    {
        MarkdownPage index = Repository.Read($"{folder}/README.md");
        IEnumerable<string> pages = Repository.Pages()
            .Where(page => page.StartsWith($"{folder}/", StringComparison.Ordinal) && page != $"{folder}/README.md")
            .Select(page => $"]({Path.GetFileName(page)}): ");

        pages.Should().NotBeEmpty().And.OnlyContain(link => index.Text.Contains(link));
    }

    [Fact]
    public void Readme_TwoCommands_AreOneBlockOfTwoLines()
    {
        string[] blocks = Repository.Read("README.md").Section("## Two commands").Blocks();

        blocks.Should().ContainSingle().Which.Split('\n').Should().HaveCount(2).And.OnlyContain(line => line.StartsWith("dotnet "));
    }

    [Theory]
    [MemberData(nameof(PagesToReadThrough))]
    public void Page_Length_IsUnder300Lines(string path) =>
        Repository.Read(path).Text.TrimEnd('\n').Split('\n').Length.Should().BeLessThan(300);

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_ThatAreRelative_LeadToFilesAndHeadings(string path) =>
        Repository.Read(path).BrokenLinks().Should().BeEmpty();

    [Fact]
    public void Pictures_OfTheGuide_AreSmallAndShownInBothLanguages()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "pictures")))
        {
            string link = $"pictures/{Path.GetFileName(file)})";
            new FileInfo(file).Length.Should().BeLessThan(80 * 1024, file);
            Guides.Where(page => Repository.Read(page).Text.Contains(link)).Should().NotBeEmpty(file)
                .And.OnlyContain(page => Repository.Read(KoreanOf(page)).Text.Contains(link), file);
        }
    }

    [Fact]
    public void BrokenLinks_OfMadeUpPage_AreFound()
    {
        var page = new MarkdownPage(
            "docs/made-up.md",
            "# Its own\n[a](glossary.md) [b](gloss.md) [c](#its-own) [d](#other) [e](glossary.md#update-gate) [f](glossary.md#gone) " +
            "[g](https://example.org/gone) [h](math) [i](../docs/decisions/)\n```\n[j](code.md)\n```\n");

        page.BrokenLinks().Should().Equal(
            "docs/made-up.md: ](gloss.md)", "docs/made-up.md: ](#other)", "docs/made-up.md: ](glossary.md#gone)");
    }

    private static string KoreanOf(string page) => page.Replace("docs/", "docs/ko/", StringComparison.Ordinal);

    private static string EnglishOf(string page) => page.Replace("docs/ko/", "docs/", StringComparison.Ordinal);

    private static bool IsEnglish(string page) => !page.StartsWith("docs/ko/", StringComparison.Ordinal);

    /// <summary>The README puts two assignments of an initializer on one line, which the code style of this repository does not.</summary>
    private static string WithoutLayout(string code) => string.Join(' ', code.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The headings' levels and, where they are numbered, their numbers.</summary>
    private static IEnumerable<string> Places(MarkdownPage page) => page.Headings().Select(heading => Place().Match(heading).Value);

    [GeneratedRegex(@"^#+ (\d+\. )?")]
    private static partial Regex Place();
}
