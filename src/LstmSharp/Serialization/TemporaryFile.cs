using System.Security.Cryptography;
using System.Text;

namespace LstmSharp;

/// <summary>The file beside a target that an <see cref="AtomicFile"/> is written to, such as
/// <c>model.safetensors.1f2e3d4c5b6a.lstmsharp-tmp</c>.</summary>
/// <remarks>A save at work writes its file, and keeps it open and by that locked: what nobody wrote for long and can be opened alone is
/// left over.</remarks>
internal static class TemporaryFile
{
    private const string Suffix = ".lstmsharp-tmp";
    private const int TokenLength = 12;

    /// <summary>The longest name of a target that its temporary file's name begins with, in bytes. Longer ones are hashed, so that the
    /// temporary file's name is the shorter one, and every name that the file system allows can be saved.</summary>
    private const int LongestStem = 100;

    private const int HashBytes = 16;
    private static readonly TimeSpan LeftOverAfter = TimeSpan.FromMinutes(1);

    public static string NewName(string target) => Path.Combine(
        Path.GetDirectoryName(target) ?? target,
        $"{StartOfNames(target)}{RandomNumberGenerator.GetHexString(TokenLength, lowercase: true)}{Suffix}");

    /// <summary>Makes the temporary file, with the target's Unix permissions where there is one: at no time may others read it who may
    /// not read the target.</summary>
    public static FileStream Create(string temporary, string target)
    {
        // FileShare.Read, as the file can be read from the instant that it has its final name.
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
        };
        if (OperatingSystem.IsWindows() || !File.Exists(target))
        {
            return new FileStream(temporary, options);
        }

        UnixFileMode mode = File.GetUnixFileMode(target);
        options.UnixCreateMode = mode;
        var stream = new FileStream(temporary, options);
        try
        {
            if (File.GetUnixFileMode(stream.SafeFileHandle) != mode)
            {
                File.SetUnixFileMode(stream.SafeFileHandle, mode);   // what the process's umask took away
            }

            return stream;
        }
        catch
        {
            stream.Dispose();
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Deletes the temporary files of saves of this target that were killed.</summary>
    /// <remarks>Young ones stay, even where they could be locked: one that is about to be locked by its owner, or to be renamed, when the
    /// lock would be in the way of the target's readers. The folder's own clock tells how old they are.</remarks>
    public static void DeleteLeftovers(string target, string temporary)
    {
        string start = StartOfNames(target);
        try
        {
            DateTime old = File.GetLastWriteTimeUtc(temporary) - LeftOverAfter;
            foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(target) ?? target, "*" + Suffix))
            {
                string name = Path.GetFileName(file);
                if (name.StartsWith(start, StringComparison.Ordinal)
                    && name.Length == start.Length + TokenLength + Suffix.Length
                    && File.GetLastWriteTimeUtc(file) <= old)
                {
                    DeleteUnlessOpen(file);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder cannot be listed: what is left over stays.
        }
    }

    private static string StartOfNames(string target)
    {
        string name = Path.GetFileName(target);
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        return (utf8.Length <= LongestStem ? name : Convert.ToHexStringLower(SHA256.HashData(utf8).AsSpan(0, HashBytes))) + ".";
    }

    private static void DeleteUnlessOpen(string path)
    {
        try
        {
            using var _ = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody is writing it, or it is not ours to delete.
        }
    }
}
