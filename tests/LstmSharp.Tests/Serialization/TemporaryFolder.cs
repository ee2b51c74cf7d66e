namespace LstmSharp.Tests.Serialization;

/// <summary>A folder of its own for one test, deleted afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("lstmsharp-").FullName;

    public string File(string name) => Path.Combine(_path, name);

    public string[] FileNames() => [.. Directory.GetFiles(_path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
