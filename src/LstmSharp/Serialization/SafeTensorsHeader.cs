namespace LstmSharp;

/// <summary>The header of a safetensors file, read strictly: the tensors tile the data without hole or overlap.</summary>
/// <remarks>Names and shapes stay in the header's bytes until they are asked for, so that no header takes much more memory than
/// it has bytes.</remarks>
internal sealed class SafeTensorsHeader
{
    /// <summary>The most tensors that a file may have: four times what the largest model has, as there may be an optimizer's state,
    /// too.</summary>
    public const int MaxTensors = 16_384;

    /// <summary>The most texts that a file may have.</summary>
    public const int MaxTexts = 4_096;

    /// <summary>An entry cannot be written with fewer bytes than this.</summary>
    private const int MinEntryBytes = 48;

    private const string MetadataKey = "__metadata__";
    private readonly JsonText _json;
    private readonly List<SafeTensorsSlot> _slots;
    private readonly NameIndex _names;
    private readonly List<JsonToken> _texts = [];
    private readonly NameIndex _textNames;

    /// <summary>Reads and checks a header.</summary>
    /// <param name="json">The header.</param>
    /// <exception cref="ModelFileException">The header is not valid.</exception>
    public SafeTensorsHeader(JsonText json)
    {
        _json = json;
        _slots = new List<SafeTensorsSlot>(Math.Min(MaxTensors, json.Bytes.Length / MinEntryBytes));
        ReadAll();
        _slots.Sort((first, second) => (first.Begin, first.End, first.Name.Start).CompareTo((second.Begin, second.End, second.Name.Start)));
        _names = new NameIndex(json, _slots.Count, n => _slots[n].Name);
        _textNames = new NameIndex(json, _texts.Count / 2, n => _texts[2 * n]);
        DataLength = EndOfTiling();
    }

    /// <summary>The number of tensors.</summary>
    public int Count => _slots.Count;

    /// <summary>The number of bytes that must follow the header.</summary>
    public long DataLength { get; }

    /// <summary>The tensors' names in the order in which they lie in the file, each made when it is asked for.</summary>
    public IEnumerable<string> Names => _slots.Select(slot => _json.String(slot.Name));

    /// <summary>Those of the tensors' names that take at most so many bytes in the file, each made when it is asked for.</summary>
    public IEnumerable<string> NamesUpTo(int maxBytes) =>
        _slots.Where(slot => slot.Name.Length <= maxBytes).Select(slot => _json.String(slot.Name));

    /// <summary>The tensor of a name; null where there is none.</summary>
    public SafeTensorsEntry? Find(string name) => _names.Find(name) is >= 0 and var n ? Entry(_slots[n], name) : null;

    /// <summary>One of the free texts that a writer may add, still in its JSON; null where there is none of that name.</summary>
    public JsonToken? FindText(string name) => _textNames.Find(name) is >= 0 and var n ? _texts[(2 * n) + 1] : null;

    private void ReadAll()
    {
        var reader = new StrictJsonReader(_json);
        if (_json.Bytes.IsEmpty || _json.Bytes[0] != (byte)'{')
        {
            throw reader.Fault(_json.Name, "JSON that begins with '{'", "something else");
        }

        bool hasMetadata = false;
        reader.StartObject(_json.Name);
        while (reader.NextName(out JsonToken key))
        {
            if (reader.IsAt(MetadataKey))
            {
                hasMetadata = !hasMetadata ? true : throw reader.Fault($"the key '{MetadataKey}'", "there once", "there twice");
                ReadTexts(ref reader);
            }
            else
            {
                ThrowIfFull(ref reader, _slots.Count, MaxTensors, "tensors");
                _slots.Add(SafeTensorsSlot.Read(ref reader, key));
            }
        }

        reader.End();
    }

    private void ReadTexts(ref StrictJsonReader reader)
    {
        reader.StartObject(MetadataKey);
        while (reader.NextName(out JsonToken key))
        {
            ThrowIfFull(ref reader, _texts.Count / 2, MaxTexts, "texts");
            _texts.Add(key);
            _texts.Add(reader.String(MetadataKey));
        }
    }

    private static void ThrowIfFull(ref StrictJsonReader reader, int count, int most, string what)
    {
        if (count == most)
        {
            throw reader.Fault($"the number of {what}", $"at most {most}", "more");
        }
    }

    /// <summary>The end of the last tensor, each of which must begin where the one before it ends.</summary>
    private long EndOfTiling()
    {
        long end = 0;
        foreach (SafeTensorsSlot slot in _slots)
        {
            if (slot.Begin != end)
            {
                throw _json.Fault(
                    "data_offsets",
                    $"from {end} on, where the tensor before ends",
                    $"from {slot.Begin} on",
                    slot.Name.Start - 1,
                    slot.Name);
            }

            end = slot.End;
        }

        return end;
    }

    private SafeTensorsEntry Entry(in SafeTensorsSlot slot, string name) =>
        new(name, slot.Type, _json.Counts(slot.Shape), slot.Begin, slot.End, _json.Offset(slot.Name.Start - 1));
}
