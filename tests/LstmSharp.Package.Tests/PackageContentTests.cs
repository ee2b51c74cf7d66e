using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Documentation;

namespace LstmSharp.Package.Tests;

/// <summary>What is in the packages.</summary>
[Collection(PackageGroup.Name)]
public sealed class PackageContentTests(PackageFixture fixture)
{
    private const int MostBytes = 400_000;

    public static TheoryData<string> Projects => [.. PackedCopy.Projects];

    [Fact]
    public void Core_Package_HasTheseFilesAndOneDependency()
    {
        PackageFile package = fixture.Open("LstmSharp");

        package.ContentNames.Should().BeEquivalentTo(
            "README.md", "buildTransitive/net10.0/LstmSharp.targets", "lib/net10.0/LstmSharp.dll", "lib/net10.0/LstmSharp.xml");
        package.Dependencies().Should().Equal("System.Numerics.Tensors");
        package["README.md"].Should().Equal(File.ReadAllBytes(Path.Combine(Repository.Root, "README.md")));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Package_OfEveryProject_IsSmallAndSaysWhatItIs(string project)
    {
        PackageFile package = fixture.Open(project);

        package.Length.Should().BeLessThan(MostBytes);
        package.Text("id").Should().Be(project);
        package.Text("version").Should().Be(fixture.Version);
        package.Text("authors").Should().Be("LstmSharp contributors");
        package.Text("license").Should().Be("MIT");
        package.Text("readme").Should().Be("README.md");
        package.Text("description").Should().NotBeEmpty();
        package.Text("tags").Split(' ').Should().Contain(["lstm", "rnn"]);
        package.ContentNames.Should().Contain(["README.md", $"lib/net10.0/{project}.dll", $"lib/net10.0/{project}.xml"]);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void ReleaseNotes_OfEveryPackage_AreTheChangelogOfItsVersion(string project)
    {
        string heading = Repository.Read("docs/CHANGELOG.md").Headings().First(line => line.StartsWith("## ", StringComparison.Ordinal));

        heading.Should().StartWith($"## [{PackageFixture.LibraryVersion}] - ", "the topmost version is the one that is packed");
        fixture.Open(project).Text("releaseNotes").ReplaceLineEndings("\n").Trim()
            .Should().Be(Repository.Read("docs/CHANGELOG.md").Section(heading).Text.Trim()).And.Contain("\n### Added\n\n- ");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void XmlDocumentation_OfEveryPackage_HasEveryPublicType(string project)
    {
        PackageFile package = fixture.Open(project);
        string[] documented = [.. XDocument.Load(new MemoryStream(package[$"lib/net10.0/{project}.xml"])).Descendants("member")
            .Select(member => member.Attribute("name")!.Value)];

        PublicTypes(package[$"lib/net10.0/{project}.dll"]).Select(type => $"T:{type}")
            .Should().NotBeEmpty().And.BeSubsetOf(documented);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Symbols_OfEveryPackage_BelongToItsAssembly(string project)
    {
        PackageFile symbols = fixture.Open(project, "snupkg");
        symbols.ContentNames.Should().Equal($"lib/net10.0/{project}.pdb");

        using var assembly = new PEReader(new MemoryStream(fixture.Open(project)[$"lib/net10.0/{project}.dll"]));
        DebugDirectoryEntry entry = assembly.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.CodeView);
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols[$"lib/net10.0/{project}.pdb"]));
        MetadataReader reader = provider.GetMetadataReader();
        new BlobContentId(reader.DebugMetadataHeader!.Id).Guid.Should().Be(assembly.ReadCodeViewDebugDirectoryData(entry).Guid);
        reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name))
            .Should().NotBeEmpty().And.OnlyContain(name => name.StartsWith("/_/", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Package_PackedFromTwoFolders_HasTheSameBytes(string project)
    {
        foreach (string extension in new[] { "nupkg", "snupkg" })
        {
            PackageFile first = fixture.Open(project, extension), second = fixture.OpenSecond(project, extension);

            second.Names.Should().Equal(first.Names);
            first.Names.Where(name => !first[name].AsSpan().SequenceEqual(second[name])).Should().BeEmpty();
        }
    }

    private static IEnumerable<string> PublicTypes(byte[] assembly)
    {
        using var file = new PEReader(new MemoryStream(assembly));
        MetadataReader reader = file.GetMetadataReader();
        foreach (TypeDefinition type in reader.TypeDefinitions.Select(reader.GetTypeDefinition))
        {
            if ((type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public)
            {
                yield return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
            }
        }
    }
}
