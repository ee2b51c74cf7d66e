namespace LstmSharp;

/// <summary>Writes a file so that its name never stands for half of it.</summary>
/// <remarks>The content goes into a <see cref="TemporaryFile"/> beside the target, is flushed to the disk, and then takes the target's
/// name. A process that is killed meanwhile leaves its temporary file, which the first save of the same target that begins a minute later
/// deletes. .NET cannot flush a folder: after a power failure the old file may be back, whole.</remarks>
internal static class AtomicFile
{
    /// <summary>Writes into a temporary file beside the target, then moves it there. A failure leaves the target as it was.</summary>
    /// <param name="path">The target; a file of that name is replaced and its Unix permissions are kept, by the temporary file from its
    /// first instant. Where it is a symbolic link, the file behind the link is replaced. Another name of the same file, a hard link,
    /// keeps the old content.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="UnauthorizedAccessException">The target is a read-only file, or the folder may not be written.</exception>
    /// <exception cref="IOException">The target is a folder, a pipe, a device or a socket, or writing failed.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = SaveTarget.Of(path);
        string temporary = TemporaryFile.NewName(target);
        using FileStream stream = TemporaryFile.Create(temporary, target);
        try
        {
            TemporaryFile.DeleteLeftovers(target, temporary);
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
