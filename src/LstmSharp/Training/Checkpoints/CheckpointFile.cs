namespace LstmSharp;

/// <summary>A checkpoint on the disk: a safetensors file of named tensors, with an architecture and texts in its metadata.</summary>
internal sealed class CheckpointFile : IDisposable
{
    private const string FormatKey = "lstmsharp.checkpoint.format";
    private const string ArchitectureKey = "lstmsharp.architecture";
    private const string TextsKey = "lstmsharp.checkpoint";
    private const string FormatVersion = "1";
    private const int MaxTextBytes = 16 << 20;
    private readonly FileStream _stream;
    private readonly SafeTensorsReader _reader;

    private CheckpointFile(FileStream stream)
    {
        _stream = stream;
        _reader = new SafeTensorsReader(stream, stream.Name);
        string format = Text(FormatKey);
        if (format != FormatVersion)
        {
            throw new ModelFileException(
                stream.Name, FormatKey, FormatVersion, $"'{format}'", remedy: "A later version of LstmSharp may read it.");
        }

        Architecture = Text(ArchitectureKey);
        Texts = CheckpointTexts.Parse(Text(TextsKey), stream.Name);
    }

    /// <summary>What error messages begin with.</summary>
    public string Source => _stream.Name;

    public string Architecture { get; }

    /// <summary>The architecture to be read.</summary>
    public JsonText ArchitectureJson => _reader.Json(ArchitectureKey, ModelArchitecture.MaxTextBytes)!;

    public CheckpointTexts Texts { get; }

    /// <summary>Writes a whole checkpoint or, where that fails, nothing.</summary>
    public static void Write(string path, string architecture, CheckpointTexts texts, IReadOnlyList<NamedTensor> tensors)
    {
        Dictionary<string, string> metadata = new()
        {
            [FormatKey] = FormatVersion,
            [ArchitectureKey] = architecture,
            [TextsKey] = texts.ToJson(),
        };
        AtomicFile.Write(path, stream => SafeTensorsWriter.Write(stream, metadata, tensors));
    }

    /// <summary>Opens a checkpoint and checks all of it but the tensors.</summary>
    /// <exception cref="ModelFileException">The file is damaged or no checkpoint.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public static CheckpointFile Open(string path)
    {
        FileStream stream = SafeTensorsReader.Open(path);
        try
        {
            return new CheckpointFile(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Throws where a checkpoint could not be written for want of its folder.</summary>
    public static void ThrowIfFolderIsMissing(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            throw new DirectoryNotFoundException($"Fit: the folder of the checkpoint {path} must exist, but does not.");
        }
    }

    /// <summary>The one way in which a checkpoint is said to be damaged.</summary>
    public static ModelFileException Damaged(
        string source, string what, string expected, string actual, string? tensor = null, Exception? inner = null) =>
        new(source, what, expected, actual, tensor, inner: inner);

    /// <summary>The one way in which a whole checkpoint is refused.</summary>
    public static ArgumentException OfAnotherRun(
        string source, string difference, string parameter = nameof(TrainingOptions.ResumeFrom)) =>
        new($"Fit: {source} is the checkpoint of another run: {difference}.", parameter);

    public void Dispose() => _stream.Dispose();

    /// <summary>Makes sure that the file holds no tensors but so many.</summary>
    public void ThrowIfCountDiffers(int count)
    {
        if (_reader.Count != count)
        {
            throw Damaged(Source, "the number of tensors", $"{count}", $"{_reader.Count}");
        }
    }

    /// <summary>Makes sure that the file holds a tensor.</summary>
    /// <exception cref="ModelFileException">There is none of that name, shape and type.</exception>
    public SafeTensorsEntry Find(string name, ReadOnlySpan<long> shape)
    {
        string expected = $"[{string.Join(", ", shape.ToArray())}]";
        SafeTensorsEntry entry = _reader.Find(name) ?? throw Damaged(Source, $"tensor '{name}'", expected, "missing", name);
        if (!entry.Shape.AsSpan().SequenceEqual(shape))
        {
            throw _reader.Fault(entry, expected, $"[{string.Join(", ", entry.Shape)}]");
        }

        _reader.ThrowIfNotReadable(entry);
        return entry;
    }

    /// <summary>Reads a tensor of a parameter's shape.</summary>
    /// <exception cref="ModelFileException">There is none of that name, shape and type.</exception>
    public float[] Read(string name, Parameter like)
    {
        long[] shape = new long[like.Shape.Length];
        for (int n = 0; n < shape.Length; n++)
        {
            shape[n] = like.Shape[n];
        }

        float[] values = new float[like.Count];
        _reader.Read(Find(name, shape), values);
        return values;
    }

    /// <summary>Reads a matrix of so many columns and any number of rows.</summary>
    /// <exception cref="ModelFileException">There is none of that name, shape and type.</exception>
    public float[] ReadRows(string name, int columns)
    {
        long rows = _reader.Find(name) is { Shape: [var height, _] } ? height : 0;
        SafeTensorsEntry entry = Find(name, [rows, columns]); // so the file does hold so many values
        float[] values = rows * columns <= Array.MaxLength
            ? new float[rows * columns]
            : throw _reader.Fault(entry, $"of at most {Array.MaxLength} values", $"[{rows}, {columns}]");
        _reader.Read(entry, values);
        return values;
    }

    private string Text(string key) =>
        _reader.Text(key, MaxTextBytes) ?? throw Damaged(Source, "the metadata", $"a checkpoint's, with {key}", "another's");
}
