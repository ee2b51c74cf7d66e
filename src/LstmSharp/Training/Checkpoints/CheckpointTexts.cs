using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LstmSharp;

/// <summary>The texts of a checkpoint: the options that must be the same again, where the run stands, and what callbacks
/// remember.</summary>
/// <example><code>{"options":{"BatchSize":"32","Loss":"MeanSquaredError"},"state":{"epoch":"3"},"callbacks":{"EarlyStopping.1":"0.25 2"}}
/// </code></example>
internal sealed class CheckpointTexts
{
    private const int Depth = 2;

    public SortedDictionary<string, string> Options { get; init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> State { get; init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Callbacks { get; init; } = new(StringComparer.Ordinal);

    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json, "options", Options);
            Write(json, "state", State);
            Write(json, "callbacks", Callbacks);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="ModelFileException">The text is not that of a checkpoint.</exception>
    public static CheckpointTexts Parse(string json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Depth, AllowDuplicateProperties = false });
            JsonElement root = document.RootElement;
            bool fits = root.ValueKind == JsonValueKind.Object && root.GetPropertyCount() == 3;
            return fits
                ? new CheckpointTexts
                {
                    Options = Read(root, "options", source),
                    State = Read(root, "state", source),
                    Callbacks = Read(root, "callbacks", source),
                }
                : throw CheckpointFile.Damaged(source, "the texts", "options, state and callbacks", "something else");
        }
        catch (JsonException exception)
        {
            throw CheckpointFile.Damaged(source, "the texts", "valid JSON", "not", inner: exception);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, SortedDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach ((string key, string text) in texts)
        {
            json.WriteString(key, text);
        }

        json.WriteEndObject();
    }

    private static SortedDictionary<string, string> Read(JsonElement root, string name, string source)
    {
        if (!root.TryGetProperty(name, out JsonElement group) || group.ValueKind != JsonValueKind.Object)
        {
            throw CheckpointFile.Damaged(source, $"'{name}'", "an object", "something else");
        }

        SortedDictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach (JsonProperty property in group.EnumerateObject())
        {
            texts[property.Name] = property.Value.ValueKind == JsonValueKind.String
                ? property.Value.GetString()!
                : throw CheckpointFile.Damaged(source, $"'{name}': '{property.Name}'", "a text", "none");
        }

        return texts;
    }
}
