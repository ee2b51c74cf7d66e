using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace LstmSharp;

/// <summary>Reads JSON of a known form token by token; whatever differs from it is a <see cref="ModelFileException"/>. Allocates
/// nothing for what is as it must be.</summary>
internal ref struct StrictJsonReader
{
    private const int UsualDepth = 8;
    private const int MaxQuotedBytes = 40;
    private readonly JsonText _text;
    private Utf8JsonReader _reader;

    /// <param name="text">The text.</param>
    /// <param name="maxDepth">How deep arrays and objects may stand inside others; more are not read.</param>
    /// <exception cref="ModelFileException">The text is not UTF-8.</exception>
    public StrictJsonReader(JsonText text, int maxDepth = UsualDepth)
    {
        _text = text;
        if (!Utf8.IsValid(text.Bytes))
        {
            throw text.Fault(text.Name, "valid UTF-8", "not", index: 0);
        }

        _reader = new Utf8JsonReader(text.Bytes, new JsonReaderOptions { MaxDepth = maxDepth });
    }

    /// <summary>The tensor whose entry is being read: faults are told of it.</summary>
    public JsonToken? Tensor { get; set; }

    /// <summary>Where the present token begins in the text.</summary>
    public readonly int Position => (int)_reader.TokenStartIndex;

    /// <summary>A fault at the present token.</summary>
    public readonly ModelFileException Fault(string what, string expected, string actual) =>
        _text.Fault(what, expected, actual, _reader.TokenStartIndex, Tensor);

    public void StartObject(string what) => Start(what, JsonTokenType.StartObject, "an object");

    public void StartArray(string what) => Start(what, JsonTokenType.StartArray, "an array");

    /// <summary>Moves to the next key of the present object, or past its end.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether there is one.</returns>
    public bool NextName(out JsonToken key)
    {
        Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            key = default;
            return false;
        }

        key = PresentString();
        return key.Length <= JsonText.MaxNameBytes
            ? true
            : throw Fault("a key", $"at most {JsonText.MaxNameBytes} bytes long", $"{key.Length} bytes long");
    }

    /// <summary>Moves to the next key of the present object, one of a few, or past its end.</summary>
    /// <param name="what">What the object is.</param>
    /// <param name="known">The keys that there may be.</param>
    /// <param name="seen">Which of them there were: bit n for key n. A key that comes again is a fault.</param>
    /// <returns>The key, or null at the end.</returns>
    public string? NextKey(string what, ReadOnlySpan<string> known, ref int seen)
    {
        if (!NextName(out JsonToken key))
        {
            return null;
        }

        for (int n = 0; n < known.Length; n++)
        {
            if (_reader.ValueTextEquals(known[n]))
            {
                seen = (seen & (1 << n)) == 0
                    ? seen | (1 << n)
                    : throw Fault($"{what}: the key '{known[n]}'", "there once", "there twice");
                return known[n];
            }
        }

        throw Fault($"{what}: the key '{_text.String(key)}'", $"one of {string.Join(", ", known)}", "none of them");
    }

    /// <summary>Whether the present string is a text.</summary>
    public readonly bool IsAt(string text) => _reader.ValueTextEquals(text);

    /// <summary>Moves to the next object of the present array, or past its end.</summary>
    public bool NextObject(string what)
    {
        Read();
        return _reader.TokenType switch
        {
            JsonTokenType.EndArray => false,
            JsonTokenType.StartObject => true,
            _ => throw Fault($"{what}: an item", "an object", Found),
        };
    }

    /// <summary>Moves to the next whole number from 0 of the present array, or past its end.</summary>
    public bool NextCount(string what, out long count)
    {
        Read();
        bool isEnd = _reader.TokenType == JsonTokenType.EndArray;
        count = isEnd ? 0 : PresentCount(what, ": an item");
        return !isEnd;
    }

    /// <summary>Moves to the next finite number of the present array, or past its end.</summary>
    public bool NextNumber(string what, out double number)
    {
        Read();
        bool isEnd = _reader.TokenType == JsonTokenType.EndArray;
        number = isEnd ? 0 : PresentNumber($"{what}: an item");
        return !isEnd;
    }

    /// <summary>A whole number from 0.</summary>
    public long Count(string what)
    {
        Read();
        return PresentCount(what, string.Empty);
    }

    /// <summary>A whole number that an int holds, from a least one.</summary>
    public int Number(string what, int least)
    {
        long number = Count(what);
        return number >= least && number <= int.MaxValue ? (int)number : throw Fault(what, $"from {least} to {int.MaxValue}", $"{number}");
    }

    /// <summary>A finite number.</summary>
    public double Number(string what)
    {
        Read();
        return PresentNumber(what);
    }

    public JsonToken String(string what)
    {
        Read();
        return _reader.TokenType == JsonTokenType.String ? PresentString() : throw Fault(what, "a string", Found);
    }

    /// <summary>A string that is exactly one of several.</summary>
    public string OneOf(string what, ReadOnlySpan<string> known)
    {
        String(what);
        foreach (string text in known)
        {
            if (_reader.ValueTextEquals(text))
            {
                return text;
            }
        }

        throw Fault(what, $"one of {string.Join(", ", known)}", Quoted);
    }

    /// <summary>Moves to the end of the next value, whatever it is.</summary>
    public void Skip()
    {
        Read();
        try
        {
            _reader.Skip();
        }
        catch (JsonException exception)
        {
            throw NotValid(exception);
        }
    }

    /// <summary>Makes sure that nothing but white space follows.</summary>
    public void End()
    {
        if (TryRead())
        {
            throw Fault(_text.Name, "one object", "more");
        }
    }

    private readonly string Quoted
    {
        get
        {
            ReadOnlySpan<byte> raw = _reader.ValueSpan;
            string text = Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, MaxQuotedBytes)]);
            return $"'{text}{(raw.Length > MaxQuotedBytes ? "…" : string.Empty)}'";
        }
    }

    private readonly string Found => _reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => $"the number {Quoted}",
        JsonTokenType.EndArray => "missing",
        _ => _reader.TokenType.ToString().ToLowerInvariant(),
    };

    private void Start(string what, JsonTokenType type, string expected)
    {
        Read();
        if (_reader.TokenType != type)
        {
            throw Fault(what, expected, Found);
        }
    }

    private readonly long PresentCount(string what, string part) =>
        _reader.TokenType == JsonTokenType.Number && _reader.ValueSpan[0] != (byte)'-' && _reader.TryGetInt64(out long count)
            ? count
            : throw Fault(what + part, $"a whole number from 0 to {long.MaxValue}", Found);

    private readonly double PresentNumber(string what) =>
        _reader.TokenType == JsonTokenType.Number && _reader.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Fault(what, "a finite number", Found);

    private readonly JsonToken PresentString() => _reader.ValueIsEscaped && HasHalfOfSurrogatePair(_reader.ValueSpan)
        ? throw Fault("a string", "valid Unicode", "half of a surrogate pair")
        : new JsonToken(Position + 1, _reader.ValueSpan.Length);

    /// <summary>Whether escapes name a half of a pair alone; their digits were checked.</summary>
    private static bool HasHalfOfSurrogatePair(ReadOnlySpan<byte> raw)
    {
        bool isOpen = false;
        for (int n = 0; n < raw.Length; n++)
        {
            ushort unit = 0;
            if (raw[n] == (byte)'\\' && raw[++n] == (byte)'u')
            {
                _ = Utf8Parser.TryParse(raw.Slice(n + 1, 4), out unit, out int digits, 'x');
                n += digits;
            }

            if (isOpen != char.IsLowSurrogate((char)unit))
            {
                return true;
            }

            isOpen = char.IsHighSurrogate((char)unit);
        }

        return isOpen;
    }

    private void Read()
    {
        if (!TryRead())
        {
            throw Fault(_text.Name, "an object", "cut off");
        }
    }

    private bool TryRead()
    {
        try
        {
            return _reader.Read();
        }
        catch (JsonException exception)
        {
            throw NotValid(exception);
        }
    }

    private readonly ModelFileException NotValid(JsonException exception) =>
        _text.Fault(_text.Name, "valid JSON", "not", _reader.BytesConsumed, Tensor, exception);
}
