namespace LstmSharp.Tests.Serialization;

public sealed class AtomicFileTests
{
    [Fact]
    public void Write_ExistingFile_IsReplacedAndNothingElseStays()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model"), "a longer text than the new one");

        AtomicFile.Write(folder.File("model"), stream => stream.Write([1, 2]));

        File.ReadAllBytes(folder.File("model")).Should().Equal(1, 2);
        folder.FileNames().Should().Equal("model");
    }

    [Fact]
    public void Write_FailureHalfway_LeavesTheOldFileAlone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model"), "old");
        void WriteHalf(Stream stream)
        {
            stream.Write(new byte[100_000]);
            throw new IOException("The disk is full.");
        }

        new Action(() => AtomicFile.Write(folder.File("model"), WriteHalf)).Should().Throw<IOException>().WithMessage("The disk is full.");

        File.ReadAllText(folder.File("model")).Should().Be("old");
        folder.FileNames().Should().Equal("model");
    }

    [Fact]
    public void Write_FailureAndATemporaryFileThatCannotBeDeleted_TellsOfTheFirst()
    {
        using var folder = new TemporaryFolder();
        static void PutAFolderInPlaceOfTheFile(Stream stream)
        {
            string path = ((FileStream)stream).Name;
            stream.Dispose();
            File.Delete(path);
            Directory.CreateDirectory(path);
            throw new IOException("The disk is full.");
        }

        new Action(() => AtomicFile.Write(folder.File("model"), PutAFolderInPlaceOfTheFile))
            .Should().Throw<IOException>().WithMessage("The disk is full.");
    }

    [Fact]
    public void Write_MissingFolder_ThrowsAndMakesNothing()
    {
        using var folder = new TemporaryFolder();

        new Action(() => AtomicFile.Write(folder.File("none/model"), _ => { })).Should().Throw<DirectoryNotFoundException>();

        folder.FileNames().Should().BeEmpty();
    }
}
