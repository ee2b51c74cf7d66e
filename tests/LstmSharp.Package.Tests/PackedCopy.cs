using Documentation;

namespace LstmSharp.Package.Tests;

/// <summary>A copy of what the packages are made of, in a folder of its own: packing disturbs no build of the repository, and shows
/// that a package does not depend on where its sources lie.</summary>
internal static class PackedCopy
{
    private static readonly string[] Files =
        [".editorconfig", "Directory.Build.props", "Directory.Packages.props", "LICENSE", "README.md", "docs/CHANGELOG.md", "global.json"];

    /// <summary>The names of the projects under src: each is a package.</summary>
    public static string[] Projects { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Copies the sources and packs every project.</summary>
    /// <param name="folder">Where the copy goes.</param>
    /// <param name="version">The version of the packages.</param>
    /// <param name="feed">The folder that receives the packages.</param>
    public static void Pack(string folder, string version, string feed)
    {
        foreach (string file in Files.Concat(Sources()))
        {
            string target = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(Repository.Root, file), target);
        }

        foreach (string project in Projects)
        {
            CommandLine.Dotnet(folder, "pack", $"src/{project}", $"-p:Version={version}", "-o", feed);
        }
    }

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
}
