using System.Xml.Linq;
using Documentation;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace LstmSharp.Package.Tests;

/// <summary>The packages, made twice from two copies of the sources, and a project that uses one.</summary>
public sealed class PackageFixture : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("lstmsharp-package-").FullName;
    private readonly Consumer _consumer;

    public PackageFixture(IMessageSink messages)
    {
        if (!CLinker.IsInstalled)
        {
            messages.OnMessage(new DiagnosticMessage("NativeAOT is left out: there is no C linker (clang, gcc or Visual C++) that works."));
        }

        // A version that no other run has used: the machine's package cache keeps what it once saw of a version.
        Version = $"{LibraryVersion}-test.x{Guid.NewGuid():N}";
        Parallel.Invoke(
            () => PackedCopy.Pack(Path.Combine(_root, "one"), Version, Feed),
            () => PackedCopy.Pack(Path.Combine(_root, "another", "folder"), Version, Path.Combine(_root, "second-feed")));
        _consumer = new Consumer(Path.Combine(_root, "consumer"), Version, Feed);
    }

    /// <summary>The version that Directory.Build.props gives the packages.</summary>
    public static string LibraryVersion { get; } =
        XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>The version of the packages made here.</summary>
    public string Version { get; }

    internal Consumer Consumer => _consumer;

    private string Feed => Path.Combine(_root, "feed");

    internal PackageFile Open(string project, string extension = "nupkg") => OpenIn(Feed, project, extension);

    internal PackageFile OpenSecond(string project, string extension = "nupkg") =>
        OpenIn(Path.Combine(_root, "second-feed"), project, extension);

    public void Dispose()
    {
        _consumer.RemoveFromPackageCache();
        Directory.Delete(_root, recursive: true);
    }

    private PackageFile OpenIn(string feed, string project, string extension) =>
        new(Path.Combine(feed, $"{project}.{Version}.{extension}"));
}
