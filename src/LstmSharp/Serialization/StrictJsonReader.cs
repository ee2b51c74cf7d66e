using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace LstmSharp;

/// <summary>Reads JSON of a known form token by token; whatever differs from it is an <see cref="InvalidDataException"/>.</summary>
internal ref struct StrictJsonReader
{
    private const int MaxDepth = 8;
    private readonly string _source;
    private Utf8JsonReader _reader;

    /// <param name="json">The text, UTF-8.</param>
    /// <param name="source">What error messages begin with, such as a file's name.</param>
    /// <exception cref="InvalidDataException">The text is not UTF-8.</exception>
    public StrictJsonReader(ReadOnlySpan<byte> json, string source)
    {
        _source = source;
        if (!Utf8.IsValid(json))
        {
            throw Fault("is not valid UTF-8");
        }

        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    public readonly InvalidDataException Fault(string what, Exception? inner = null) => new($"{_source}: {what}.", inner);

    public void StartObject(string what)
    {
        if (Next() != JsonTokenType.StartObject)
        {
            throw Fault($"{what} must be an object, but is {Found}");
        }
    }

    public void StartArray(string what)
    {
        if (Next() != JsonTokenType.StartArray)
        {
            throw Fault($"{what} must be an array, but is {Found}");
        }
    }

    /// <summary>Moves to the next key of the present object, or past its end.</summary>
    /// <param name="keys">The object's keys so far: a key that comes again is a fault.</param>
    /// <param name="key">The key.</param>
    public bool NextKey(HashSet<string> keys, [NotNullWhen(true)] out string? key)
    {
        key = null;
        if (Next() == JsonTokenType.EndObject)
        {
            return false;
        }

        key = Text();
        return keys.Add(key) ? true : throw Fault($"the key '{key}' appears twice");
    }

    /// <summary>Moves to the next object of the present array, or past its end.</summary>
    public bool NextObject(string what) => Next() switch
    {
        JsonTokenType.EndArray => false,
        JsonTokenType.StartObject => true,
        _ => throw Fault($"{what} must hold objects, but holds {Found}"),
    };

    /// <summary>Moves to the next whole number from 0 of the present array, or past its end.</summary>
    public bool NextCount(string what, out long count)
    {
        count = 0;
        if (Next() == JsonTokenType.EndArray)
        {
            return false;
        }

        count = PresentCount(what);
        return true;
    }

    public string String(string what) => Next() == JsonTokenType.String ? Text() : throw Fault($"{what} must be a string, but is {Found}");

    /// <summary>A whole number from 0.</summary>
    public long Count(string what)
    {
        Next();
        return PresentCount(what);
    }

    /// <summary>Makes sure that nothing but white space follows.</summary>
    public void End()
    {
        if (Read())
        {
            throw Fault("must end after its object");
        }
    }

    private readonly string Found => _reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.EndArray => "missing",
        _ => _reader.TokenType.ToString().ToLowerInvariant(),
    };

    private readonly long PresentCount(string what) =>
        _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out long count) && count >= 0
            ? count
            : throw Fault($"{what} must be a whole number from 0 to {long.MaxValue}");

    private JsonTokenType Next() => Read() ? _reader.TokenType : throw Fault("ends too early");

    private bool Read()
    {
        try
        {
            return _reader.Read();
        }
        catch (JsonException exception)
        {
            throw Fault("is not valid JSON", exception);
        }
    }

    private readonly string Text()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw Fault("holds half of a surrogate pair", exception);
        }
    }
}
