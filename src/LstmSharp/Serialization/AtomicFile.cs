using System.Security.Cryptography;

namespace LstmSharp;

/// <summary>Writes a file so that its name never stands for half of it.</summary>
/// <remarks>The content goes into a temporary file beside the target, such as <c>model.safetensors.1f2e3d4c5b6a.lstmsharp-tmp</c>, is
/// flushed to the disk, and then takes the target's name. A process that is killed meanwhile leaves its temporary file, which the next
/// save of the same target deletes. A save at work keeps its file open, and by that locked: what can be opened alone is left over.
/// .NET cannot flush a folder: after a power failure the old file may be back, whole.</remarks>
internal static class AtomicFile
{
    private const string Suffix = ".lstmsharp-tmp";
    private const int TokenLength = 12;
    private const int Attempts = 10;

    /// <summary>Held by whoever tries temporary files' locks, and while one takes its final name and is closed: a lock that is tried meanwhile
    /// would be on the target, and in its readers' way.</summary>
    private static readonly Lock Names = new();

    /// <summary>Writes into a temporary file beside the target, then moves it there. A failure leaves the target as it was.</summary>
    /// <param name="path">The target; a file of that name is replaced and its Unix permissions are kept. Where it is a symbolic link,
    /// the file behind the link is replaced.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        if (new FileInfo(target).LinkTarget is not null)
        {
            target = File.ResolveLinkTarget(target, returnFinalTarget: true)!.FullName;
        }

        lock (Names)
        {
            DeleteLeftovers(target);
        }

        FileStream stream = CreateTemporary(target);
        string temporary = stream.Name;
        try
        {
            using (stream)
            {
                KeepPermissions(stream, target);
                write(stream);
                stream.Flush(flushToDisk: true);
                lock (Names)
                {
                    if (OperatingSystem.IsWindows())
                    {
                        stream.Dispose();   // while it is open, nobody could read the file under its new name
                    }

                    File.Move(temporary, target, overwrite: true);
                    stream.Dispose();
                }
            }
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    private static FileStream CreateTemporary(string target)
    {
        for (int attempt = 1; ; attempt++)
        {
            string temporary = $"{target}.{RandomNumberGenerator.GetHexString(TokenLength, lowercase: true)}{Suffix}";
            try
            {
                // FileShare.Read, as the file can be read from the instant that it has its final name.
                var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
                if (attempt == Attempts || File.Exists(temporary))
                {
                    return stream;
                }

                stream.Dispose();
            }
            catch (IOException exception) when (exception is not DirectoryNotFoundException && attempt < Attempts)
            {
            }

            // Another save took the file for left over, in the instant between its making and its locking.
        }
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
    private static void DeleteLeftovers(string target)
    {
        string start = Path.GetFileName(target) + ".";
        try
        {
            foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(target) ?? target, "*" + Suffix))
            {
                string name = Path.GetFileName(file);
                if (name.StartsWith(start, StringComparison.Ordinal) && name.Length == start.Length + TokenLength + Suffix.Length)
                {
                    DeleteUnlessOpen(file);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder cannot be listed, or is not there, of which creating the file will tell.
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
