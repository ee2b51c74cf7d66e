namespace LstmSharp.Tests.Architecture;

/// <summary>Each file of the library uses only what is declared on its own floor or below.</summary>
public sealed class FloorTests
{
    /// <summary>The floors from the lowest up. A file belongs to the floor that names it, else to that of its folder; "." is the
    /// library's own folder, the face. The lowest are the two enums of
    /// docs/decisions/0007, with the check of one of them. Data stands beside the house.</summary>
    private static readonly string[][] s_floors =
    [
        ["Activation.cs", "Activations.cs", "Cells/LstmGate.cs", "Cells/GruGate.cs"],
        ["Kernels"],
        ["Threading"],
        ["Randomness"],
        ["Parameters"],
        ["Cells"],
        ["Layers"],
        ["."],
        ["Diagnostics"],
        ["Serialization"],
        ["Inference"],
        ["Training"],
    ];

    [Fact]
    public void Sources_AreUnderstoodByTheCompiler() => SourceUses.OfLibrary.Errors.Should().BeEmpty();

    [Fact]
    public void EveryFile_UsesOnlyItsFloorAndThoseBelow()
    {
        string[] found = [.. Violations().Select(use => $"{use.File} uses {use.Used}")];

        found.Should().BeEmpty("a floor may use only what lies below it (the table stands in this test)");
    }

    [Fact]
    public void EveryFolder_HasAFloor() =>
        SourceUses.OfLibrary.Files.Where(file => FolderOf(file) != "Data").Select(FloorOf).Should().NotContain(-1);

    [Fact]
    public void Data_AndKernels_DoNotKnowEachOther() =>
        SourceUses.OfLibrary.Uses.Where(use => (FolderOf(use.File), FolderOf(use.Used)) is ("Data", "Kernels") or ("Kernels", "Data"))
            .Should().BeEmpty();

    private static IEnumerable<(string File, string Used)> Violations() =>
        SourceUses.OfLibrary.Uses.Where(use => FolderOf(use.File) != "Data" && FloorOf(use.File) < FloorOf(use.Used));

    private static string FolderOf(string file) => file.Split('/') is [var folder, _, ..] ? folder : ".";

    private static int FloorOf(string file)
    {
        int own = Array.FindIndex(s_floors, floor => floor.Contains(file));
        return own >= 0 ? own : Array.FindIndex(s_floors, floor => floor.Contains(FolderOf(file)));
    }
}
