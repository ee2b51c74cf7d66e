using System.Buffers.Binary;

namespace LstmSharp;

/// <summary>Reads a safetensors file: an eight-byte header length, a JSON header, then the tensors' bytes.</summary>
/// <remarks>The header is checked against the file before anything is allocated for a tensor. The file must fill the stream from
/// its present position to its end. Format: the documentation of the safetensors library, Hugging Face.</remarks>
internal sealed class SafeTensorsReader
{
    /// <summary>The largest header that the reference implementation accepts, in bytes.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    private const int LengthBytes = 8;
    private const int ChunkBytes = 8192;
    private readonly Stream _stream;
    private readonly SafeTensorsHeader _header;
    private readonly long _dataPosition;

    /// <param name="stream">The file; the data of one that cannot seek is kept in memory, once its header is checked.</param>
    /// <param name="source">What error messages begin with, such as the file's name.</param>
    /// <exception cref="InvalidDataException">The file is damaged or not a safetensors file.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public SafeTensorsReader(Stream stream, string source)
    {
        Source = source;
        long limit = stream.CanSeek ? stream.Length - stream.Position : long.MaxValue;
        MemoryStream start = ReadAtMost(stream, LengthBytes);
        if (start.Length < LengthBytes)
        {
            throw new InvalidDataException(
                $"{source}: a safetensors file begins with {LengthBytes} bytes for the header's length, but this one has {start.Length} " +
                "from where the stream stands.");
        }

        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(Bytes(start));
        long maxHeaderBytes = Math.Min(MaxHeaderBytes, limit - LengthBytes);
        if (headerBytes > (ulong)maxHeaderBytes)
        {
            throw new InvalidDataException(
                $"{source}: this is no whole safetensors file: its header may have at most {maxHeaderBytes} bytes, but claims {headerBytes}.");
        }

        MemoryStream header = ReadAtMost(stream, (long)headerBytes);
        if (header.Length < (long)headerBytes)
        {
            throw EndsTooEarly();
        }

        _header = SafeTensorsHeader.Parse(Bytes(header), source);
        _stream = stream.CanSeek ? stream : DataInMemory(stream);
        _dataPosition = _stream.Position;
        ThrowIfDataLengthDiffers(_stream.Length - _dataPosition, stream.CanSeek);
    }

    /// <summary>What error messages begin with.</summary>
    public string Source { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafeTensorsEntry> Entries => _header.Entries;

    /// <summary>The free texts in the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Reads the values of a float32 tensor.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="values">Receives the values, exactly as many as the tensor has.</param>
    /// <exception cref="InvalidDataException">The tensor is not of type F32, or the file ends too early.</exception>
    /// <exception cref="ArgumentException">The span's length differs from the tensor's.</exception>
    public void Read(SafeTensorsEntry entry, Span<float> values)
    {
        ThrowIfNotFloat(entry);
        if (entry.End - entry.Begin != (long)values.Length * sizeof(float))
        {
            throw new ArgumentException(
                $"{Source}: values must hold the {(entry.End - entry.Begin) / sizeof(float)} values of tensor '{entry.Name}', "
                + $"but holds {values.Length}.",
                nameof(values));
        }

        _stream.Position = _dataPosition + entry.Begin;
        Span<byte> chunk = stackalloc byte[ChunkBytes];
        while (!values.IsEmpty)
        {
            int count = Math.Min(values.Length, ChunkBytes / sizeof(float));
            ReadExactly(chunk[..(count * sizeof(float))]);
            for (int n = 0; n < count; n++)
            {
                values[n] = BinaryPrimitives.ReadSingleLittleEndian(chunk[(n * sizeof(float))..]);
            }

            values = values[count..];
        }
    }

    /// <exception cref="InvalidDataException">The tensor is not of type F32.</exception>
    public void ThrowIfNotFloat(SafeTensorsEntry entry)
    {
        if (entry.Type != "F32")
        {
            throw new InvalidDataException($"{Source}: tensor '{entry.Name}' must be of dtype F32, but is {entry.Type}.");
        }
    }

    /// <summary>What the header promises of a stream that cannot seek, and one byte more where there is one.</summary>
    private MemoryStream DataInMemory(Stream stream)
    {
        int limit = Array.MaxLength - 1;
        return _header.DataLength <= limit
            ? ReadAtMost(stream, _header.DataLength + 1)
            : throw new InvalidDataException(
                $"{Source}: a stream that cannot seek may have at most {limit} bytes of data, but the tensors need {_header.DataLength}.");
    }

    private void ThrowIfDataLengthDiffers(long held, bool toTheEnd)
    {
        if (held != _header.DataLength)
        {
            string found = toTheEnd || held < _header.DataLength ? $"{held}" : "more";
            throw new InvalidDataException($"{Source}: the tensors need {_header.DataLength} bytes of data, but the file holds {found}.");
        }
    }

    /// <summary>Reads into memory that grows with what arrives, so that a claim alone allocates nothing.</summary>
    private static MemoryStream ReadAtMost(Stream stream, long count)
    {
        var memory = new MemoryStream();
        Span<byte> chunk = stackalloc byte[ChunkBytes];
        while (memory.Length < count && stream.Read(chunk[..(int)Math.Min(ChunkBytes, count - memory.Length)]) is > 0 and var read)
        {
            memory.Write(chunk[..read]);
        }

        memory.Position = 0;
        return memory;
    }

    private static ReadOnlySpan<byte> Bytes(MemoryStream memory) => memory.GetBuffer().AsSpan(0, (int)memory.Length);

    private InvalidDataException EndsTooEarly(Exception? inner = null) => new($"{Source}: the file ends too early.", inner);

    private void ReadExactly(Span<byte> bytes)
    {
        try
        {
            _stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException exception)
        {
            throw EndsTooEarly(exception);
        }
    }
}
