using System.Formats.Tar;

namespace LstmSharp;

/// <summary>Finds what a save to a path replaces, and refuses what must not be replaced.</summary>
internal static class SaveTarget
{
    private const int MostLinks = 40;

    /// <summary>Where Linux has links to what programs hold open, as /dev/stdout is one: what is behind it may have no path.</summary>
    private const string OpenFiles = "/proc/";

    /// <summary>The path of the file to replace or to make.</summary>
    /// <param name="path">A path as people give it.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">There is a read-only file.</exception>
    /// <exception cref="IOException">There is something else than a file, or links lead in a circle.</exception>
    public static string Of(string path)
    {
        string target = FollowLinks(Path.GetFullPath(path));
        string? kind = Directory.Exists(target) ? "a folder"
            : File.Exists(target) ? KindUnlessFile(target)
            : target.StartsWith(OpenFiles, StringComparison.Ordinal) ? "something without a place in a folder"
            : null;
        if (kind is not null)
        {
            throw new IOException($"{PrintableText.Of(path)}: the target of a save must be a file or nothing, but is {kind}.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(target) ?? target))
        {
            throw new DirectoryNotFoundException($"{PrintableText.Of(target)}: its folder must exist, but does not.");
        }

        return new FileInfo(target) is { Exists: true, IsReadOnly: true }
            ? throw new UnauthorizedAccessException(
                $"{PrintableText.Of(target)}: the file to replace must be writable, but is read-only.")
            : target;
    }

    /// <summary>What a path names that is no file; null where it is one, or nothing.</summary>
    /// <remarks>.NET tells a file from a pipe, a device or a socket only when it makes an archive's entry for it. Of those, none has a
    /// length, so that no more than the names of empty files are ever archived, in memory.</remarks>
    public static string? KindUnlessFile(string path)
    {
        if (OperatingSystem.IsWindows() || new FileInfo(path) is not { Exists: true, Length: 0 })
        {
            return null;
        }

        using var archive = new MemoryStream();
        try
        {
            using (var writer = new TarWriter(archive, leaveOpen: true))
            {
                writer.WriteEntry(path, "target");
            }
        }
        catch (UnauthorizedAccessException)
        {
            return null;   // only files are opened
        }
        catch (IOException)
        {
            return File.Exists(path) ? "a socket, or empty and locked by another program" : null;
        }

        archive.Position = 0;
        using var reader = new TarReader(archive);
        return reader.GetNextEntry()?.EntryType switch
        {
            TarEntryType.Fifo => "a pipe",
            TarEntryType.CharacterDevice or TarEntryType.BlockDevice => "a device",
            _ => null,
        };
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
                throw new IOException($"{PrintableText.Of(path)}: more than {MostLinks} symbolic links follow each other.");
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
}
