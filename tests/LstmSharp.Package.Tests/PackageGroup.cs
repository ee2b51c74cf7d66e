namespace LstmSharp.Package.Tests;

/// <summary>The tests that share the packages.</summary>
[CollectionDefinition(Name)]
public sealed class PackageGroup : ICollectionFixture<PackageFixture>
{
    public const string Name = "package";
}
