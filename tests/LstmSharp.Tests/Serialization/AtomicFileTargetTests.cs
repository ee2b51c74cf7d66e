using System.Diagnostics;
using System.IO.Pipes;
using System.Net.Sockets;

namespace LstmSharp.Tests.Serialization;

/// <summary>What a save may replace, under which names, and who may read it meanwhile.</summary>
public sealed class AtomicFileTargetTests
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Write_OverASecretFile_TheTemporaryIsNeverReadableByOthers()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // files there inherit their folder's permissions
        }

        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        await File.WriteAllTextAsync(path, "old");
        File.SetUnixFileMode(path, Secret);
        for (int n = 0; n < 200; n++)
        {
            await File.WriteAllTextAsync(folder.File($"neighbour {n}"), string.Empty);   // so that looking for left-over files takes a while
        }

        int isSaving = 1;
        Task<UnixFileMode> modes = Task.Run(() => ModesOfTemporaryFiles(folder, () => Volatile.Read(ref isSaving) == 1));
        for (int n = 0; n < 300; n++)
        {
            AtomicFile.Write(path, stream => stream.Write([1]));
        }

        Volatile.Write(ref isSaving, 0);
        ((await modes) & ~Secret).Should().Be(UnixFileMode.None);
        File.GetUnixFileMode(path).Should().Be(Secret);
    }

    [Fact]
    public void Write_NewFile_HasTheModeThatFilesGet()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // files there inherit their folder's permissions
        }

        using var folder = new TemporaryFolder();
        File.Create(folder.File("other")).Dispose();

        AtomicFile.Write(folder.File("model"), stream => stream.Write([1]));

        File.GetUnixFileMode(folder.File("model")).Should().Be(File.GetUnixFileMode(folder.File("other")));
    }

    [Fact]
    public void Write_Pipe_IsRefusedAndStays()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // pipes have no place among the files there
        }

        using var folder = new TemporaryFolder();
        Run("mkfifo", folder.File("model"));

        ShouldBeRefused(folder.File("model"), "a pipe");
        folder.FileNames().Should().Equal("model");
    }

    [Fact]
    public void Write_Socket_IsRefusedAndStays()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // sockets have no place among the files there
        }

        using var folder = new TemporaryFolder();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder.File("model")));

        ShouldBeRefused(folder.File("model"), "a socket, or empty and locked by another program");
        folder.FileNames().Should().Equal("model");
    }

    [Fact]
    public void Write_Folder_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("model"));

        ShouldBeRefused(folder.File("model"), "a folder");
        folder.FileNames().Should().BeEmpty();
    }

    [Fact]
    public void Write_OpenPipeByItsNumber_IsRefused()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;   // where a program's open files have no names
        }

        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        string path = $"/proc/self/fd/{pipe.SafePipeHandle.DangerousGetHandle()}";

        ShouldBeRefused(path, "something without a place in a folder");
    }

    [Theory]
    [InlineData('m', 101)]
    [InlineData('m', 254)]
    [InlineData('m', 255)]
    [InlineData('가', 85)]
    public void Write_NameAsLongAsTheSystemAllows_IsSavedAndItsLeftoversAreDeleted(char letter, int count)
    {
        using var folder = new TemporaryFolder();
        string name = new(letter, count), leftover = string.Empty;
        AtomicFile.Write(folder.File(name), _ => leftover = folder.FileNames().Single(other => other != name));
        folder.FileNames().Should().Equal(name);
        File.WriteAllText(folder.File(leftover), "half");
        File.SetLastWriteTimeUtc(folder.File(leftover), DateTime.UtcNow - TimeSpan.FromMinutes(2));

        AtomicFile.Write(folder.File(name), stream => stream.Write([1]));

        File.ReadAllBytes(folder.File(name)).Should().Equal(1);
        folder.FileNames().Should().Equal(name);
        leftover.Length.Should().BeLessThanOrEqualTo(count);
    }

    [Fact]
    public void Write_FileOfTwoNames_ReplacesTheOneNamed()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // where the command is another
        }

        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model"), "old");
        Run("ln", folder.File("model"), folder.File("other"));

        AtomicFile.Write(folder.File("model"), stream => stream.Write([1]));

        File.ReadAllBytes(folder.File("model")).Should().Equal(1);
        File.ReadAllText(folder.File("other")).Should().Be("old");
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    public void KindUnlessFile_Device_IsOne(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // devices have no place among the files there
        }

        SaveTarget.KindUnlessFile(path).Should().Be("a device");   // not by a save, which would replace it where it failed to refuse
    }

    [Fact]
    public void Write_RefusedNameWithControlCharacters_IsWrittenWithoutThem()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // names there have no control characters
        }

        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("mo\u001B[31mdel\n"));

        ShouldBeRefused(folder.File("mo\\u001B[31mdel\\u000A"), "a folder", folder.File("mo\u001B[31mdel\n"));
    }

    private static void ShouldBeRefused(string path, string kind, string? asWritten = null) =>
        new Action(() => AtomicFile.Write(asWritten ?? path, stream => stream.Write([1]))).Should().Throw<IOException>()
            .WithMessage($"{path}: the target of a save must be a file or nothing, but is {kind}.*");

    private static UnixFileMode ModesOfTemporaryFiles(TemporaryFolder folder, Func<bool> isSaving)
    {
        UnixFileMode modes = UnixFileMode.None;
        while (isSaving())
        {
            foreach (string name in folder.FileNames().Where(name => name.EndsWith(".lstmsharp-tmp", StringComparison.Ordinal)))
            {
                try
                {
                    modes |= OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(folder.File(name));
                }
                catch (IOException)
                {
                    // It has its final name by now.
                }
            }
        }

        return modes;
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        process.ExitCode.Should().Be(0);
    }
}
