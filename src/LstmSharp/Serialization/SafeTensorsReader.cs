using System.Buffers.Binary;
using System.Globalization;

namespace LstmSharp;

/// <summary>Reads a safetensors file: an eight-byte header length, a JSON header, then the tensors' bytes.</summary>
/// <remarks>The header is checked against the file before anything is allocated for a tensor. The file must fill the stream from
/// its present position to its end. Format: the documentation of the safetensors library, Hugging Face.</remarks>
internal sealed class SafeTensorsReader
{
    /// <summary>The largest header that the reference implementation accepts, in bytes.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    private const int LengthBytes = 8;
    private const int ChunkValues = 1024;

    /// <summary>The header that is made room for before a stream that cannot seek has sent it.</summary>
    private const int UnverifiedHeaderBytes = 1 << 18;

    private readonly JsonText _json;
    private readonly SafeTensorsHeader _header;
    private readonly SafeTensorsData _data;

    /// <summary>Opens a file to read; on Windows, too, a save may replace it meanwhile.</summary>
    public static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    /// <param name="stream">The file; the data of one that cannot seek is kept in memory, once its header is checked.</param>
    /// <param name="source">What error messages begin with; by default the file's name, or <c>the stream</c>.</param>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="ModelFileException">The file is damaged or not a safetensors file.</exception>
    /// <exception cref="IOException">Reading failed.</exception>
    public SafeTensorsReader(Stream stream, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead)
        {
            throw new ArgumentException("SafeTensors: stream must be readable, but is not.", nameof(stream));
        }

        Source = source ?? (stream is FileStream file ? file.Name : "the stream");
        byte[] start = new byte[LengthBytes];
        long fileBytes = stream.CanSeek ? stream.Length - stream.Position : long.MaxValue;
        int read = stream.ReadAtLeast(start, LengthBytes, throwOnEndOfStream: false);
        try
        {
            int headerBytes = HeaderLength(start.AsSpan(0, read), fileBytes);
            _json = new JsonText(ReadHeader(stream, headerBytes), Source, "the header", LengthBytes, isVerbatim: true);
            _header = new SafeTensorsHeader(_json);
        }
        catch (ModelFileException fault)
        {
            throw ForeignFormat.Refusal(Source, start.AsSpan(0, read), stream, fault) ?? fault;
        }

        _data = new SafeTensorsData(stream, Source, LengthBytes + _json.Bytes.Length, _header.DataLength);
    }

    /// <summary>What error messages begin with.</summary>
    public string Source { get; }

    /// <summary>The number of tensors.</summary>
    public int Count => _header.Count;

    /// <summary>The tensors' names in the order in which they lie in the file, each made when it is asked for.</summary>
    public IEnumerable<string> Names => _header.Names;

    /// <summary>Those of the names that take at most so many bytes in the file, each made when it is asked for.</summary>
    public IEnumerable<string> NamesUpTo(int maxBytes) => _header.NamesUpTo(maxBytes);

    /// <summary>The tensor of a name; null where there is none.</summary>
    public SafeTensorsEntry? Find(string name) => _header.Find(name);

    /// <summary>One of the free texts that a writer may add; null where there is none of that name.</summary>
    /// <param name="name">The text's name.</param>
    /// <param name="maxBytes">How long it may be, in bytes as the file holds it.</param>
    /// <exception cref="ModelFileException">The text is longer.</exception>
    public string? Text(string name, int maxBytes) => FindText(name, maxBytes) is { } text ? _json.String(text) : null;

    /// <summary>One of the free texts, as JSON of its own; null where there is none of that name.</summary>
    /// <param name="name">The text's name.</param>
    /// <param name="maxBytes">How long it may be, in bytes as the file holds it.</param>
    /// <exception cref="ModelFileException">The text is longer.</exception>
    public JsonText? Json(string name, int maxBytes) => FindText(name, maxBytes) is { } text ? _json.Inner(text, name) : null;

    /// <summary>Reads the values of a tensor as float32.</summary>
    /// <param name="entry">One of the file's tensors.</param>
    /// <param name="values">Receives the values, exactly as many as the tensor has.</param>
    /// <exception cref="ModelFileException">The tensor is of another type, a value is too large for float32, or the file ends too
    /// early.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="ArgumentException">The span's length differs from the tensor's.</exception>
    public void Read(SafeTensorsEntry entry, Span<float> values)
    {
        ThrowIfNotReadable(entry);
        if (entry.Count != values.Length)
        {
            throw new ArgumentException(
                $"{Source}: values must hold the {entry.Count} values of tensor '{entry.Name}', but holds {values.Length}.",
                nameof(values));
        }

        long first = 0;
        while (!values.IsEmpty)
        {
            Span<float> chunk = values[..Math.Min(ChunkValues, values.Length)];
            ReadChunk(entry, first, chunk);
            values = values[chunk.Length..];
            first += chunk.Length;
        }
    }

    /// <summary>Takes all data into memory and makes sure that <see cref="Read"/> of these tensors will not fail.</summary>
    /// <exception cref="ModelFileException">A tensor is of another type, a value is too large for float32, or the file ends too
    /// early.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public void Prepare(IEnumerable<SafeTensorsEntry> entries)
    {
        _data.Keep();
        Span<float> unused = stackalloc float[ChunkValues];
        foreach (SafeTensorsEntry entry in entries)
        {
            ThrowIfNotReadable(entry);
            for (long first = 0; entry.Type == TensorType.F64 && first < entry.Count; first += ChunkValues)
            {
                ReadChunk(entry, first, unused[..(int)Math.Min(ChunkValues, entry.Count - first)]);
            }
        }
    }

    /// <exception cref="ModelFileException">The tensor's elements are no floating-point numbers that are read.</exception>
    public void ThrowIfNotReadable(SafeTensorsEntry entry)
    {
        if (!TensorType.IsReadable(entry.Type))
        {
            throw Fault(entry, "F32, F16, BF16 or F64", entry.Type);
        }
    }

    /// <summary>A fault of a tensor's entry in the header.</summary>
    public ModelFileException Fault(SafeTensorsEntry entry, string expected, string actual, string? remedy = null) =>
        new(Source, $"tensor '{entry.Name}'", expected, actual, entry.Name, entry.Offset, remedy);

    private JsonToken? FindText(string name, int maxBytes) => _header.FindText(name) is { } text && text.Length > maxBytes
        ? throw _json.Fault($"the length of {name}", $"at most {maxBytes} bytes", $"{text.Length} bytes", text.Start)
        : _header.FindText(name);

    private void ReadChunk(SafeTensorsEntry entry, long first, Span<float> values)
    {
        int size = TensorType.BytesOf(entry.Type);
        Span<byte> bytes = stackalloc byte[ChunkValues * sizeof(double)];
        bytes = bytes[..(values.Length * size)];
        long begin = entry.Begin + (first * size);
        _data.Read(begin, bytes);
        TensorType.ToFloats(entry.Type, bytes, values);
        if (TensorType.FirstOverflow(entry.Type, bytes, values) is var n and >= 0)
        {
            double value = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(n * size)..]);
            CultureInfo culture = CultureInfo.InvariantCulture;
            throw new ModelFileException(
                Source,
                $"tensor '{entry.Name}': value {first + n}",
                string.Create(culture, $"at most {float.MaxValue:R} in magnitude, as float32 is"),
                value.ToString("R", culture),
                entry.Name,
                _data.Offset + begin + (n * size));
        }
    }

    private int HeaderLength(ReadOnlySpan<byte> start, long fileBytes)
    {
        if (start.Length < LengthBytes)
        {
            throw new ModelFileException(
                Source, "a safetensors file", $"at least {LengthBytes} bytes long", $"{start.Length} bytes long", offset: 0);
        }

        ulong claimed = BinaryPrimitives.ReadUInt64LittleEndian(start);
        long most = Math.Clamp(fileBytes - LengthBytes, 0, MaxHeaderBytes);   // below 0 where the file grew since it told its length
        return claimed <= (ulong)most ? (int)claimed : throw HeaderFault($"at most {most} bytes long", $"{claimed} bytes long", offset: 0);
    }

    private byte[] ReadHeader(Stream stream, int count)
    {
        // Where nobody knows whether the bytes will come, the memory grows with those that came.
        byte[] header = new byte[stream.CanSeek ? count : Math.Min(count, UnverifiedHeaderBytes)];
        int read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        while (read == header.Length && read < count)
        {
            Array.Resize(ref header, (int)Math.Min(count, 2L * read));
            read += stream.ReadAtLeast(header.AsSpan(read), header.Length - read, throwOnEndOfStream: false);
        }

        return read == count ? header : throw HeaderFault($"{count} bytes long", $"{read} bytes long", LengthBytes + read);
    }

    private ModelFileException HeaderFault(string expected, string actual, long offset) =>
        new(Source, "the header", expected, actual, offset: offset, remedy: "The file is cut off, or is no safetensors file.");
}
