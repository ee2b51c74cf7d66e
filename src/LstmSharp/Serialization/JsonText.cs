using System.Text.Json;

namespace LstmSharp;

/// <summary>A string in a <see cref="JsonText"/>: the bytes between its quotes, escapes and all.</summary>
internal readonly record struct JsonToken(int Start, int Length);

/// <summary>JSON as it stands in a file. Its strings are kept as places in it, since copies could take more memory than the file.</summary>
internal sealed class JsonText
{
    /// <summary>The longest name of a tensor or text, in bytes as written.</summary>
    public const int MaxNameBytes = 4096;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly long _position;
    private readonly bool _isVerbatim;

    /// <param name="bytes">The text, UTF-8.</param>
    /// <param name="fileName">What error messages begin with.</param>
    /// <param name="name">What the text is, such as <c>the header</c>.</param>
    /// <param name="position">Where it stands in the file.</param>
    /// <param name="isVerbatim">Whether the file holds these very bytes, rather than with escapes.</param>
    public JsonText(ReadOnlyMemory<byte> bytes, string fileName, string name, long position, bool isVerbatim)
    {
        _bytes = bytes;
        _position = position;
        _isVerbatim = isVerbatim;
        FileName = fileName;
        Name = name;
    }

    public string FileName { get; }

    public string Name { get; }

    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>The place in the file of a byte of the text, as near as it is known.</summary>
    public long Offset(long index) => _isVerbatim ? _position + index : _position;

    public string String(JsonToken token)
    {
        Utf8JsonReader reader = ReaderAt(token);
        return reader.GetString()!;
    }

    /// <summary>The numbers of an array that was read before.</summary>
    /// <param name="start">Where the array begins.</param>
    public long[] Counts(int start)
    {
        List<long> counts = [];
        var reader = new Utf8JsonReader(Bytes[start..]);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            counts.Add(reader.GetInt64());
        }

        return [.. counts];
    }

    /// <summary>A string's text as JSON of its own.</summary>
    /// <param name="token">The string.</param>
    /// <param name="name">What it is called in messages.</param>
    public JsonText Inner(JsonToken token, string name)
    {
        byte[] text = new byte[token.Length];
        Utf8JsonReader reader = ReaderAt(token);
        int length = reader.CopyString(text);
        return new JsonText(text.AsMemory(0, length), FileName, name, Offset(token.Start), isVerbatim: false);
    }

    /// <summary>A hash of UTF-8 text, another one in every process.</summary>
    public static int HashOf(ReadOnlySpan<byte> text)
    {
        HashCode hash = default;
        hash.AddBytes(text);
        return hash.ToHashCode();
    }

    /// <summary>The hash of a name as UTF-8.</summary>
    public int HashOfName(JsonToken name)
    {
        Span<byte> scratch = stackalloc byte[MaxNameBytes];
        return HashOf(Utf8Of(name, scratch));
    }

    /// <summary>Compares two names as UTF-8.</summary>
    public int CompareNames(JsonToken first, JsonToken second)
    {
        Span<byte> scratch = stackalloc byte[MaxNameBytes];
        return CompareName(first, Utf8Of(second, scratch));
    }

    /// <summary>Compares a name with UTF-8 text.</summary>
    public int CompareName(JsonToken name, ReadOnlySpan<byte> other)
    {
        Span<byte> scratch = stackalloc byte[MaxNameBytes];
        return Utf8Of(name, scratch).SequenceCompareTo(other);
    }

    /// <param name="what">What is at fault.</param>
    /// <param name="expected">What it must be.</param>
    /// <param name="actual">What it is.</param>
    /// <param name="index">The byte of the text where it stands.</param>
    /// <param name="tensor">The name of the tensor that it belongs to.</param>
    /// <param name="inner">What showed the fault.</param>
    public ModelFileException Fault(
        string what, string expected, string actual, long index, JsonToken? tensor = null, Exception? inner = null)
    {
        string? name = tensor is { } token ? String(token) : null;
        string subject = name is null ? what : $"tensor '{name}': {what}";
        return new ModelFileException(FileName, subject, expected, actual, name, Offset(index), inner: inner);
    }

    private ReadOnlySpan<byte> Utf8Of(JsonToken name, Span<byte> scratch)
    {
        ReadOnlySpan<byte> raw = Bytes.Slice(name.Start, name.Length);
        if (!raw.Contains((byte)'\\'))
        {
            return raw;
        }

        Utf8JsonReader reader = ReaderAt(name);
        return scratch[..reader.CopyString(scratch)];
    }

    /// <summary>A reader that stands on a string.</summary>
    private Utf8JsonReader ReaderAt(JsonToken token)
    {
        var reader = new Utf8JsonReader(Bytes.Slice(token.Start - 1, token.Length + 2));
        reader.Read();
        return reader;
    }
}
