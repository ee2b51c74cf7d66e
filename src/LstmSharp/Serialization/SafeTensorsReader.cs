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

    /// <param name="stream">The file; one that cannot seek is read into memory first.</param>
    /// <param name="source">What error messages begin with, such as the file's name.</param>
    /// <exception cref="InvalidDataException">The file is damaged or not a safetensors file.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public SafeTensorsReader(Stream stream, string source)
    {
        _stream = stream.CanSeek ? stream : CopyToMemory(stream);
        Source = source;
        long length = Math.Max(0, _stream.Length - _stream.Position);
        if (length < LengthBytes)
        {
            throw new InvalidDataException(
                $"{source}: a safetensors file begins with {LengthBytes} bytes for the header's length, but this one has {length}.");
        }

        Span<byte> headerLength = stackalloc byte[LengthBytes];
        ReadExactly(headerLength);
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(headerLength);
        long rest = length - LengthBytes;
        if (headerBytes > MaxHeaderBytes || (long)headerBytes > rest)
        {
            throw new InvalidDataException(
                $"{source}: the header must have at most {Math.Min(MaxHeaderBytes, rest)} bytes, but claims {headerBytes}.");
        }

        byte[] header = new byte[headerBytes];
        ReadExactly(header);
        _header = SafeTensorsHeader.Parse(header, rest - header.Length, source);
        _dataPosition = _stream.Position;
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

    private static MemoryStream CopyToMemory(Stream stream)
    {
        var memory = new MemoryStream();
        stream.CopyTo(memory);
        memory.Position = 0;
        return memory;
    }

    private void ReadExactly(Span<byte> bytes)
    {
        try
        {
            _stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException($"{Source}: the file ends too early.", exception);
        }
    }
}
