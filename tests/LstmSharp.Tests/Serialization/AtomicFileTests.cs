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
    public void Write_WhileWriting_TheOldFileStandsUnderTheName()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model"), "old");
        string[] names = [];
        string seen = string.Empty;

        AtomicFile.Write(folder.File("model"), stream =>
        {
            stream.Write(new byte[100_000]);
            names = folder.FileNames();
            seen = File.ReadAllText(folder.File("model"));
        });

        seen.Should().Be("old");
        names.Should().HaveCount(2);
        names[1].Should().MatchRegex("^model\\.[0-9a-f]{12}\\.lstmsharp-tmp$");
        folder.FileNames().Should().Equal("model");
    }

    [Fact]
    public void Write_FailureHalfway_LeavesTheOldFileAlone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model"), "old");
        static void WriteHalf(Stream stream)
        {
            stream.Write(new byte[100_000]);
            throw new IOException("The disk is full.");
        }

        new Action(() => AtomicFile.Write(folder.File("model"), WriteHalf)).Should().Throw<IOException>().WithMessage("The disk is full.");

        File.ReadAllText(folder.File("model")).Should().Be("old");
        folder.FileNames().Should().Equal("model");
    }

    [Fact]
    public void Write_ClosedStream_IsNoSavedFile()
    {
        using var folder = new TemporaryFolder();

        new Action(() => AtomicFile.Write(folder.File("model"), stream => stream.Dispose())).Should().Throw<ObjectDisposedException>();

        folder.FileNames().Should().BeEmpty();
    }

    [Fact]
    public void Write_TargetThatIsAFolder_ThrowsAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("model"));

        Exception exception = new Action(() => AtomicFile.Write(folder.File("model"), stream => stream.Write([1])))
            .Should().Throw<Exception>().Which;

        (exception is IOException or UnauthorizedAccessException).Should().BeTrue();
        folder.FileNames().Should().BeEmpty();
        Directory.Exists(folder.File("model")).Should().BeTrue();
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

    [Fact]
    public void Write_LeftoversOfKilledSaves_AreDeletedAndLikeNamesAreNot()
    {
        using var folder = new TemporaryFolder();
        string[] others =
        [
            "model.0123456789ab.tmp", "model.0123456789abc.lstmsharp-tmp", "model.safetensors.0123456789ab.lstmsharp-tmp",
            "model.bak.lstmsharp-tmp", "mode*.0123456789ab.lstmsharp-tmp", "xmodel.0123456789ab.lstmsharp-tmp",
        ];
        foreach (string name in others.Where(name => !OperatingSystem.IsWindows() || !name.Contains('*')))
        {
            File.WriteAllText(folder.File(name), "not this save's");
        }

        File.WriteAllText(folder.File("model.aaaaaaaaaaaa.lstmsharp-tmp"), "young");
        string[] before = folder.FileNames();
        File.WriteAllText(folder.File("model.0123456789ab.lstmsharp-tmp"), "half");
        File.WriteAllText(folder.File("model.ba9876543210.lstmsharp-tmp"), string.Empty);
        foreach (string name in folder.FileNames().Where(name => !name.Contains("aaaa", StringComparison.Ordinal)))
        {
            File.SetLastWriteTimeUtc(folder.File(name), DateTime.UtcNow - TimeSpan.FromMinutes(2));
        }

        AtomicFile.Write(folder.File("model"), stream => stream.Write([1]));

        folder.FileNames().Should().BeEquivalentTo([.. before, "model"]);
    }

    [Fact]
    public void Write_DuringAnotherSaveOfTheSameFile_LetsBothFinishAndTheLaterWins()
    {
        using var folder = new TemporaryFolder();

        AtomicFile.Write(folder.File("model"), outer =>
        {
            outer.Write([1]);
            AtomicFile.Write(folder.File("model"), inner => inner.Write([2]));
            File.ReadAllBytes(folder.File("model")).Should().Equal(2);
            outer.Write([1]);
        });

        File.ReadAllBytes(folder.File("model")).Should().Equal(1, 1);
        folder.FileNames().Should().Equal("model");
    }

    [Fact]
    public async Task Write_ManyThreadsSaveAndReadOneFile_EveryReadFindsAWholeOne()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        AtomicFile.Write(path, stream => stream.Write(new byte[50_000]));
        int saving = 4;

        async Task SaveOften(byte value)
        {
            await Task.Yield();
            try
            {
                for (int n = 0; n < 50; n++)
                {
                    AtomicFile.Write(path, stream => stream.Write([.. Enumerable.Repeat(value, 50_000)]));
                }
            }
            finally
            {
                Interlocked.Decrement(ref saving);
            }
        }

        async Task<int> ReadOften()
        {
            await Task.Yield();
            int broken = 0;
            while (Volatile.Read(ref saving) > 0)
            {
                using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
                byte[] bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                broken += bytes.Length == 50_000 && bytes.Distinct().Count() == 1 ? 0 : 1;
            }

            return broken;
        }

        Task<int> reads = ReadOften();
        await Task.WhenAll(SaveOften(1), SaveOften(2), SaveOften(3), SaveOften(4));

        (await reads).Should().Be(0);
        folder.FileNames().Should().Equal("model");
    }

    [Fact]
    public void Write_ReadOnlyFile_ThrowsAndLeavesIt()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model"), "old");
        new FileInfo(folder.File("model")).IsReadOnly = true;

        new Action(() => AtomicFile.Write(folder.File("model"), _ => { })).Should().Throw<UnauthorizedAccessException>()
            .WithMessage("*model: the file to replace must be writable, but is read-only.");

        File.ReadAllText(folder.File("model")).Should().Be("old");
        folder.FileNames().Should().Equal("model");
        new FileInfo(folder.File("model")).IsReadOnly = false;
    }

    [Fact]
    public void Write_ThroughASymbolicLink_ReplacesTheFileBehindIt()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // making links there needs a privilege
        }

        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("runs"));
        File.CreateSymbolicLink(folder.File("latest"), "between");
        File.CreateSymbolicLink(folder.File("between"), "runs/7");

        AtomicFile.Write(folder.File("latest"), stream => stream.Write([1]));
        AtomicFile.Write(folder.File("latest"), stream => stream.Write([2]));

        new FileInfo(folder.File("latest")).LinkTarget.Should().Be("between");
        File.ReadAllBytes(folder.File("runs/7")).Should().Equal(2);
        Directory.GetFiles(folder.File("runs")).Should().ContainSingle();
        folder.FileNames().Should().Equal("between", "latest");
    }

    [Fact]
    public void Write_ThroughALinkInALinkedFolder_ReplacesTheFileThatReadersFind()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // making links there needs a privilege
        }

        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("a/sub"));
        Directory.CreateDirectory(folder.File("a/other"));
        Directory.CreateDirectory(folder.File("other"));
        File.CreateSymbolicLink(folder.File("a/sub/model"), "../other/model");
        Directory.CreateSymbolicLink(folder.File("link"), folder.File("a/sub"));
        File.WriteAllBytes(folder.File("a/other/model"), [1]);

        AtomicFile.Write(folder.File("link/model"), stream => stream.Write([2]));

        File.ReadAllBytes(folder.File("link/model")).Should().Equal(2);
        File.ReadAllBytes(folder.File("a/other/model")).Should().Equal(2);
        Directory.GetFiles(folder.File("other")).Should().BeEmpty();
        new FileInfo(folder.File("a/sub/model")).LinkTarget.Should().Be("../other/model");
    }

    [Fact]
    public void Write_LinksInACircle_Throws()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // making links there needs a privilege
        }

        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("one"), "two");
        File.CreateSymbolicLink(folder.File("two"), "one");

        Action write = () => AtomicFile.Write(folder.File("one"), stream => stream.Write([1]));

        write.Should().Throw<IOException>().WithMessage("*one: more than 40 symbolic links*");
        folder.FileNames().Should().Equal("one", "two");
    }

    [Fact]
    public void Write_NameOfAFolderThatIsMissing_Throws()
    {
        using var folder = new TemporaryFolder();

        Action write = () => AtomicFile.Write(folder.File("models/"), stream => stream.Write([1]));

        write.Should().Throw<IOException>();
        folder.FileNames().Should().BeEmpty();
    }

    [Fact]
    public void Write_ExistingFile_KeepsItsPermissions()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // files there inherit their folder's permissions
        }

        using var folder = new TemporaryFolder();
        const UnixFileMode secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.WriteAllText(folder.File("model"), "old");
        File.SetUnixFileMode(folder.File("model"), secret);
        UnixFileMode whileWriting = default;

        AtomicFile.Write(
            folder.File("model"),
            stream => whileWriting = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(((FileStream)stream).SafeFileHandle));

        File.GetUnixFileMode(folder.File("model")).Should().Be(secret);
        whileWriting.Should().Be(secret);
    }
}
