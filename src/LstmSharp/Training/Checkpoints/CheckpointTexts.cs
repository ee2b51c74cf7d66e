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
    /// <summary>The most texts of a kind.</summary>
    private const int MaxTexts = 4_096;

    private static readonly string[] Groups = ["options", "state", "callbacks"];

    public SortedDictionary<string, string> Options { get; init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> State { get; init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Callbacks { get; init; } = new(StringComparer.Ordinal);

    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json, Groups[0], Options);
            Write(json, Groups[1], State);
            Write(json, Groups[2], Callbacks);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="ModelFileException">The text is not that of a checkpoint.</exception>
    public static CheckpointTexts Parse(JsonText json)
    {
        CheckpointTexts texts = new();
        var reader = new StrictJsonReader(json);
        int seen = 0;
        reader.StartObject(json.Name);
        while (reader.NextKey(json.Name, Groups, ref seen) is { } group)
        {
            Read(ref reader, json, group, group == Groups[0] ? texts.Options : group == Groups[1] ? texts.State : texts.Callbacks);
        }

        reader.End();
        return seen == (1 << Groups.Length) - 1
            ? texts
            : throw reader.Fault(json.Name, $"one with {string.Join(", ", Groups)}", "without one of them");
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

    private static void Read(ref StrictJsonReader reader, JsonText json, string group, SortedDictionary<string, string> texts)
    {
        reader.StartObject(group);
        while (reader.NextName(out JsonToken token))
        {
            string key = json.String(token), what = $"{group}: '{key}'";
            if (texts.Count == MaxTexts)
            {
                throw reader.Fault($"the number of {group}", $"at most {MaxTexts}", "more");
            }

            if (!texts.TryAdd(key, json.String(reader.String(what))))
            {
                throw reader.Fault(what, "there once", "there twice");
            }
        }
    }
}
