using System.IO.Compression;
using System.Xml.Linq;

namespace LstmSharp.Package.Tests;

/// <summary>A .nupkg or .snupkg file, read whole.</summary>
internal sealed class PackageFile
{
    private readonly Dictionary<string, byte[]> _entries = [];

    public PackageFile(string path)
    {
        Length = new FileInfo(path).Length;
        using ZipArchive archive = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using Stream stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            _entries.Add(entry.FullName, bytes.ToArray());
        }

        Metadata = XDocument.Load(new MemoryStream(this[Names.Single(name => name.EndsWith(".nuspec", StringComparison.Ordinal))]))
            .Root!.Elements().Single();
    }

    /// <summary>The file's length in bytes.</summary>
    public long Length { get; }

    /// <summary>The nuspec's metadata element.</summary>
    public XElement Metadata { get; }

    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>The names but those that every package has: the nuspec and what the zip container's standard asks for.</summary>
    public IEnumerable<string> ContentNames =>
        Names.Where(name => !name.EndsWith(".nuspec", StringComparison.Ordinal) && name is not "[Content_Types].xml"
            && !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal));

    public byte[] this[string name] => _entries[name];

    /// <summary>The text of one of the metadata's elements; empty where there is none.</summary>
    public string Text(string element) => Metadata.Element(Metadata.Name.Namespace + element)?.Value ?? string.Empty;

    /// <summary>The identities of the packages that this one needs.</summary>
    public IEnumerable<string> Dependencies() =>
        Metadata.Descendants(Metadata.Name.Namespace + "dependency").Select(dependency => dependency.Attribute("id")!.Value);
}
