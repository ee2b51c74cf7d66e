namespace LstmSharp;

/// <summary>The bytes behind a safetensors header: in the stream, or taken into memory.</summary>
/// <remarks>They are taken in pieces, as they arrive: what is only claimed takes no memory, and nothing is copied to grow.</remarks>
internal sealed class SafeTensorsData
{
    private const int PieceBytes = 1 << 18;
    private readonly Stream _stream;
    private readonly string _source;
    private readonly long _position;
    private readonly long _length;
    private List<byte[]>? _pieces;

    /// <param name="stream">The file, standing where the data begins.</param>
    /// <param name="source">What error messages begin with.</param>
    /// <param name="offset">Where the data begins in the file.</param>
    /// <param name="length">How many bytes the header promises.</param>
    /// <exception cref="ModelFileException">The file holds more or less than the header promises.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public SafeTensorsData(Stream stream, string source, long offset, long length)
    {
        _stream = stream;
        _source = source;
        _length = length;
        Offset = offset;
        if (!stream.CanSeek)
        {
            Keep();
            ThrowIfLengthDiffers(stream.ReadByte() < 0 ? length : null);
            return;
        }

        _position = stream.Position;
        ThrowIfLengthDiffers(stream.Length - _position);
    }

    /// <summary>Where the data begins in the file.</summary>
    public long Offset { get; }

    /// <summary>Takes all data into memory; reading it cannot fail afterwards.</summary>
    /// <exception cref="ModelFileException">The file ends too early.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public void Keep()
    {
        if (_pieces is not null)
        {
            return;
        }

        List<byte[]> pieces = [];
        for (long held = 0; held < _length; held += pieces[^1].Length)
        {
            byte[] piece = new byte[Math.Min(PieceBytes, _length - held)];
            int read = _stream.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false);
            if (read < piece.Length)
            {
                ThrowIfLengthDiffers(held + read);
            }

            pieces.Add(piece);
        }

        _pieces = pieces;
    }

    /// <summary>Reads bytes.</summary>
    /// <param name="begin">The first, counted from the first of the data.</param>
    /// <param name="bytes">Receives them.</param>
    /// <exception cref="ModelFileException">The file ends too early.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public void Read(long begin, Span<byte> bytes)
    {
        if (_pieces is null)
        {
            _stream.Position = _position + begin;
            int read = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read < bytes.Length)
            {
                ThrowIfLengthDiffers(begin + read);
            }

            return;
        }

        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> piece = _pieces[(int)(begin / PieceBytes)].AsSpan((int)(begin % PieceBytes));
            int count = Math.Min(piece.Length, bytes.Length);
            piece[..count].CopyTo(bytes);
            bytes = bytes[count..];
            begin += count;
        }
    }

    /// <param name="held">How many bytes there are; null where there are more than the header promises.</param>
    private void ThrowIfLengthDiffers(long? held)
    {
        if (held != _length)
        {
            throw new ModelFileException(
                _source,
                "the data behind the header",
                $"{_length} bytes",
                held is null ? "more" : $"{held} bytes",
                offset: Offset + Math.Min(held ?? _length, _length));
        }
    }
}
