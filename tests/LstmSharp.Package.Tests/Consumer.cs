using Documentation;

namespace LstmSharp.Package.Tests;

/// <summary>A console project outside the repository that refers to the package and holds the README's first example.</summary>
internal sealed class Consumer
{
    private const string Name = "Wave";
    private readonly string _folder;
    private readonly string _outputs;
    private readonly string _version;
    private readonly Lazy<(string Output, byte[] Model)> _justInTime;

    /// <summary>Writes the project.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="version">The version of the package.</param>
    /// <param name="feed">The folder that holds the package; all others come from where the machine gets its packages.</param>
    public Consumer(string folder, string version, string feed)
    {
        (_folder, _outputs, _version) = (Path.Combine(folder, "source"), Path.Combine(folder, "output"), version);
        Directory.CreateDirectory(_folder);
        File.Copy(Path.Combine(Repository.Root, "global.json"), Path.Combine(_folder, "global.json"));
        File.WriteAllText(Path.Combine(_folder, "Program.cs"), Repository.Read("README.md").Blocks("csharp")[0] + "\n");
        File.WriteAllText(
            Path.Combine(_folder, $"{Name}.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <TrimmerSingleWarn>false</TrimmerSingleWarn>
                <NuGetAudit>false</NuGetAudit>
                <RestoreAdditionalProjectSources>{feed}</RestoreAdditionalProjectSources>
              </PropertyGroup>

              <ItemGroup>
                <PackageReference Include="LstmSharp" Version="{version}" />
              </ItemGroup>
            </Project>
            """);
        _justInTime = new(() =>
        {
            CommandLine.Dotnet(_folder, "build", "-c", "Release", "--artifacts-path", Artifacts("jit"));
            return RunIn(Artifacts("jit"), "dotnet", Path.Combine(Artifacts("jit"), "bin", Name, "release", $"{Name}.dll"));
        });
    }

    /// <summary>What the example printed and saved, built and run with the JIT compiler.</summary>
    public (string Output, byte[] Model) JustInTime => _justInTime.Value;

    /// <summary>Publishes the example, self-contained, and runs it.</summary>
    /// <param name="property">What asks for a way of publishing: PublishTrimmed or PublishAot.</param>
    /// <returns>What it printed and saved, and the names and lengths of the published files.</returns>
    public (string Output, byte[] Model, Dictionary<string, long> Files) Publish(string property)
    {
        string published = Path.Combine(_outputs, property, "published");
        CommandLine.Dotnet(
            _folder, "publish", "-c", "Release", "--use-current-runtime", "--self-contained", $"-p:{property}=true",
            "--artifacts-path", Artifacts(property), "-o", published);
        var files = new DirectoryInfo(published).GetFiles().ToDictionary(file => file.Name, file => file.Length);
        string program = Path.Combine(published, OperatingSystem.IsWindows() ? $"{Name}.exe" : Name);
        (string output, byte[] model) = RunIn(Artifacts(property), program);
        return (output, model, files);
    }

    /// <summary>What a property of the project is when it is published with NativeAOT for a platform.</summary>
    public string NativeProperty(string property, string runtime, params string[] settings)
    {
        _ = JustInTime;         // restored
        return CommandLine.Dotnet(
            _folder,
            [
                "msbuild", $"-getProperty:{property}", "-p:PublishAot=true", $"-p:RuntimeIdentifier={runtime}",
                $"-p:ArtifactsPath={Artifacts("jit")}", .. settings,
            ]).Trim();
    }

    /// <summary>Takes the package out of the machine's package cache again.</summary>
    public void RemoveFromPackageCache()
    {
        string listed = CommandLine.Dotnet(_folder, "nuget", "locals", "global-packages", "--list").Trim();
        string cache = listed[(listed.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        string copy = Path.Combine(cache, "lstmsharp", _version);
        if (Directory.Exists(copy))
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static (string Output, byte[] Model) RunIn(string folder, string program, params string[] arguments)
    {
        string output = CommandLine.Run(folder, program, arguments);
        return (output, File.ReadAllBytes(Path.Combine(folder, "wave.safetensors")));
    }

    private string Artifacts(string name) => Path.Combine(_outputs, name);
}
