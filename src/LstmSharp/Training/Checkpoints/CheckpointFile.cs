using System.Buffers;
using System.Globalization;
using System.Text;

namespace LstmSharp;

/// <summary>A checkpoint on the disk: a safetensors file of named tensors, with an architecture and texts in its metadata, and a
/// CRC-32C of all of these: of the architecture, the texts, and the tensors as they lie in the file.</summary>
internal sealed class CheckpointFile : IDisposable
{
    private const string FormatKey = "lstmsharp.checkpoint.format";
    private const string ArchitectureKey = "lstmsharp.architecture";
    private const string TextsKey = "lstmsharp.checkpoint";
    private const string ChecksumKey = "lstmsharp.checkpoint.crc32c";
    private const string FormatVersion = "1";
    private const int MaxTextBytes = 1 << 20;
    private const int MaxShortTextBytes = 100;
    private const int ChunkValues = 1 << 14;
    private readonly FileStream _stream;
    private readonly SafeTensorsReader _reader;
    private readonly JsonText _texts;

    private CheckpointFile(FileStream stream)
    {
        _stream = stream;
        if (!stream.CanSeek)
        {
            throw Damaged(Source, "a checkpoint", "a file that can be read from any place", "a pipe");
        }

        _reader = new SafeTensorsReader(stream, stream.Name);
        string format = Text(FormatKey);
        if (format != FormatVersion)
        {
            throw new ModelFileException(
                stream.Name, FormatKey, FormatVersion, $"'{format}'", remedy: "A later version of LstmSharp may read it.");
        }

        ArchitectureJson = Json(ArchitectureKey, ModelArchitecture.MaxTextBytes);
        _texts = Json(TextsKey, 2 * MaxTextBytes); // where each byte is escaped
        ThrowIfChecksumDiffers(Text(ChecksumKey));
    }

    /// <summary>What error messages begin with.</summary>
    public string Source => _stream.Name;

    /// <summary>The architecture, to be read.</summary>
    public JsonText ArchitectureJson { get; }

    /// <summary>The architecture as it was written.</summary>
    public string Architecture => Encoding.UTF8.GetString(ArchitectureJson.Bytes);

    /// <summary>Writes a whole checkpoint or, where that fails, nothing.</summary>
    /// <exception cref="InvalidOperationException">The texts are too long.</exception>
    public static void Write(string path, string architecture, CheckpointTexts texts, IReadOnlyList<NamedTensor> tensors)
    {
        string json = texts.ToJson();
        if (json.Length > MaxTextBytes)
        {
            throw new InvalidOperationException(
                $"Fit: what callbacks remember must take at most {MaxTextBytes} characters of a checkpoint, but takes {json.Length}.");
        }

        Dictionary<string, string> metadata = new()
        {
            [FormatKey] = FormatVersion,
            [ArchitectureKey] = architecture,
            [TextsKey] = json,
            [ChecksumKey] = Text(ChecksumOf(architecture, json, tensors)),
        };
        AtomicFile.Write(path, stream => SafeTensorsWriter.Write(stream, metadata, tensors));
    }

    /// <summary>Opens a checkpoint and makes sure that it is as it was written.</summary>
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

    /// <summary>The one way in which a checkpoint is said to be damaged.</summary>
    public static ModelFileException Damaged(
        string source, string what, string expected, string actual, string? tensor = null, Exception? inner = null) =>
        new(source, what, expected, actual, tensor, inner: inner);

    /// <summary>The one way in which a whole checkpoint is refused where a run shall go on.</summary>
    public static ArgumentException OfAnotherRun(
        string source, string difference, string parameter = nameof(TrainingOptions.ResumeFrom)) =>
        new($"Fit: {source} is the checkpoint of another run: {difference}. To go on with other options or data, use WarmStartFrom.", parameter);

    /// <summary>The one way in which a whole checkpoint is refused where a new run shall begin with it.</summary>
    public static ArgumentException OfAnotherKind(
        string source, string difference, string parameter = nameof(TrainingOptions.WarmStartFrom)) =>
        new($"Fit: a run cannot begin with {source}: {difference}.", parameter);

    public void Dispose() => _stream.Dispose();

    /// <summary>Whether the file holds a tensor.</summary>
    public bool Holds(string name) => _reader.Find(name) is not null;

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

    /// <summary>Reads the texts.</summary>
    /// <exception cref="ModelFileException">They are not those of a checkpoint.</exception>
    public CheckpointTexts ReadTexts() => CheckpointTexts.Parse(_texts);

    private static uint ChecksumOf(string architecture, string texts, IEnumerable<NamedTensor> tensors)
    {
        Crc32C crc = new();
        crc.Append(Encoding.UTF8.GetBytes(architecture));
        crc.Append(Encoding.UTF8.GetBytes(texts));
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkValues * sizeof(float));
        foreach (NamedTensor tensor in tensors)
        {
            ReadOnlySpan<float> values = tensor.Parameter.Values;
            for (; !values.IsEmpty; values = values[Math.Min(values.Length, ChunkValues)..])
            {
                ReadOnlySpan<float> some = values[..Math.Min(values.Length, ChunkValues)];
                TensorType.ToBytes(WeightType.F32, some, chunk);
                crc.Append(chunk.AsSpan(0, some.Length * sizeof(float)));
            }
        }

        ArrayPool<byte>.Shared.Return(chunk);
        return crc.Value;
    }

    /// <summary>To be called while the stream stands where the data begins.</summary>
    private void ThrowIfChecksumDiffers(string expected)
    {
        Crc32C crc = new();
        crc.Append(ArchitectureJson.Bytes);
        crc.Append(_texts.Bytes);
        byte[] chunk = new byte[ChunkValues * sizeof(float)];
        while (_stream.Read(chunk) is > 0 and var read)
        {
            crc.Append(chunk.AsSpan(0, read));
        }

        if (Text(crc.Value) is var actual && actual != expected)
        {
            throw new ModelFileException(Source, "the checksum", expected, actual, remedy: "Some bytes were changed since it was written.");
        }
    }

    private static string Text(uint checksum) => checksum.ToString("X8", CultureInfo.InvariantCulture);

    private string Text(string key) => _reader.Text(key, MaxShortTextBytes) ?? throw Missing(key);

    private JsonText Json(string key, int maxBytes) => _reader.Json(key, maxBytes) ?? throw Missing(key);

    private ModelFileException Missing(string key) => new(
        Source, "the metadata", $"a checkpoint's, with {key}", "another's", remedy: "If it is a saved model, use SequenceModel.Load.");
}
