using System.Security.Cryptography;

namespace LstmSharp;

/// <summary>Writes a file so that its name never stands for half of it.</summary>
/// <remarks>The content goes into a temporary file beside the target, such as <c>model.safetensors.1f2e3d4c5b6a.lstmsharp-tmp</c>, is
/// flushed to the disk, and then takes the target's name. A process that is killed meanwhile leaves its temporary file, which the first
/// save of the same target that begins a minute later deletes. A save at work writes its file, and keeps it open and by that locked: what
/// nobody wrote for long and can be opened alone is left over.
/// .NET cannot flush a folder: after a power failure the old file may be back, whole.</remarks>
internal static class AtomicFile
{
    private const string Suffix = ".lstmsharp-tmp";
    private const int TokenLength = 12;
    private const int MostLinks = 40;
    private static readonly TimeSpan LeftOverAfter = TimeSpan.FromMinutes(1);

    /// <summary>Writes into a temporary file beside the target, then moves it there. A failure leaves the target as it was.</summary>
    /// <param name="path">The target; a file of that name is replaced and its Unix permissions are kept. Where it is a symbolic link,
    /// the file behind the link is replaced.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="UnauthorizedAccessException">The target is a read-only file, or the folder may not be written.</exception>
    /// <exception cref="IOException">Writing failed.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = FollowLinks(Path.GetFullPath(path));
        if (!Directory.Exists(Path.GetDirectoryName(target) ?? target))
        {
            throw new DirectoryNotFoundException($"{target}: its folder must exist, but does not.");
        }

        if (new FileInfo(target) is { Exists: true, IsReadOnly: true })
        {
            throw new UnauthorizedAccessException($"{target}: the file to replace must be writable, but is read-only.");
        }

        // FileShare.Read, as the file can be read from the instant that it has its final name.
        string temporary = $"{target}.{RandomNumberGenerator.GetHexString(TokenLength, lowercase: true)}{Suffix}";
        using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            DeleteLeftovers(target, temporary);
            KeepPermissions(stream, target);
            write(stream);
            stream.Flush(flushToDisk: true);
            if (OperatingSystem.IsWindows())
            {
                stream.Dispose();   // while it is open, nobody could read the file under its new name
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            stream.Dispose();
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>The path without symbolic links, found folder by folder as the system does.</summary>
    /// <remarks><see cref="File.ResolveLinkTarget"/> would take ".." of a link in a linked folder for the folder that the path names, not
    /// for the one that the link stands in.</remarks>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    private static string FollowLinks(string path)
    {
        string real = Path.GetPathRoot(path)!;
        Stack<string> rest = new(Path.GetRelativePath(real, path).Split(Path.DirectorySeparatorChar).Reverse());
        int links = 0;
        while (rest.TryPop(out string? part))
        {
            string next = Path.GetFullPath(part, real);
            if (new FileInfo(next).LinkTarget is not { } link)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException($"{path}: more than {MostLinks} symbolic links follow each other.");
            }

            string root = Path.GetPathRoot(link)!;
            real = root.Length > 0 ? Path.GetFullPath(root, real) : real;
            foreach (string step in link[root.Length..].Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Reverse())
            {
                rest.Push(step);
            }
        }

        return Path.EndsInDirectorySeparator(path) ? real + Path.DirectorySeparatorChar : real;
    }

    private static void KeepPermissions(FileStream stream, string target)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            UnixFileMode mode = File.GetUnixFileMode(target);
            if (File.GetUnixFileMode(stream.SafeFileHandle) != mode)
            {
                File.SetUnixFileMode(stream.SafeFileHandle, mode);
            }
        }
    }

    /// <summary>Deletes the temporary files of saves of this target that were killed.</summary>
    /// <remarks>Young ones stay, even where they could be locked: one that is about to be locked by its owner, or to be renamed, when the lock
    /// would be in the way of the target's readers. The folder's own clock tells how old they are.</remarks>
    private static void DeleteLeftovers(string target, string temporary)
    {
        string start = Path.GetFileName(target) + ".";
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

    /// <summary>Deletes a file where that can be done: the failure that led here is the one to tell of.</summary>
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
