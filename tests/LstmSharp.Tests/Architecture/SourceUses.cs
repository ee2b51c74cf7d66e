using Documentation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LstmSharp.Tests.Architecture;

/// <summary>Which file of a project uses types of which other file, as the compiler understands the sources.</summary>
internal sealed class SourceUses
{
    private static readonly Lazy<SourceUses> s_ofLibrary = new(() => new SourceUses(Path.Combine(Repository.Root, "src", "LstmSharp")));

    private SourceUses(string folder)
    {
        CSharpParseOptions options = new(LanguageVersion.Latest);
        SyntaxTree[] trees =
        [
            .. SourcesIn(folder).Select(file => CSharpSyntaxTree.ParseText(
                File.ReadAllText(file), options, Path.GetRelativePath(folder, file).Replace('\\', '/'))),
        ];
        Files = [.. trees.Select(tree => tree.FilePath)];
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Sources",
            [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings, options)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(path => !Path.GetFileName(path).StartsWith("LstmSharp", StringComparison.Ordinal))
                .Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        Errors = [.. compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error).Select(found => found.ToString())];
        Uses = [.. trees.SelectMany(tree => UsesOf(compilation.GetSemanticModel(tree))).Distinct()];
    }

    /// <summary>The library's.</summary>
    public static SourceUses OfLibrary => s_ofLibrary.Value;

    /// <summary>All source files, by their path from the project's folder.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Every pair of a file and another whose types it uses.</summary>
    public IReadOnlyList<(string File, string Used)> Uses { get; }

    /// <summary>What the compiler could not understand, and what uses could therefore be missing of.</summary>
    public IReadOnlyList<string> Errors { get; }

    private static string ImplicitUsings => string.Concat(
        ((string[])["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"])
            .Select(space => $"global using {space};"));

    private static IEnumerable<string> SourcesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<(string File, string Used)> UsesOf(SemanticModel model)
    {
        string file = model.SyntaxTree.FilePath;
        return model.SyntaxTree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
            .Select(name => model.GetSymbolInfo(name).Symbol)
            .Select(symbol => symbol as INamedTypeSymbol ?? symbol?.ContainingType)
            .OfType<INamedTypeSymbol>()
            .Distinct(SymbolEqualityComparer.Default)
            .SelectMany(type => type!.DeclaringSyntaxReferences.Select(declared => declared.SyntaxTree.FilePath))
            .Where(used => used != file)
            .Select(used => (file, used));
    }
}
