using System.Text;

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
    private readonly int[] _byName;
    private readonly List<JsonToken> _texts = [];

    /// <summary>Reads and checks a header.</summary>
    /// <param name="json">The header.</param>
    /// <exception cref="ModelFileException">The header is not valid.</exception>
    public SafeTensorsHeader(JsonText json)
    {
        _json = json;
        _slots = new List<SafeTensorsSlot>(Math.Min(MaxTensors, json.Bytes.Length / MinEntryBytes));
        ReadAll();
        _slots.Sort((first, second) => (first.Begin, first.End, first.Name.Start).CompareTo((second.Begin, second.End, second.Name.Start)));
        _byName = Ordered(_slots.Count, n => _slots[n].Name);
        _ = Ordered(_texts.Count / 2, n => _texts[2 * n]);
        DataLength = EndOfTiling();
    }

    /// <summary>The number of tensors.</summary>
    public int Count => _slots.Count;

    /// <summary>The number of bytes that must follow the header.</summary>
    public long DataLength { get; }

    /// <summary>The tensors' names in the order in which they lie in the file, each made when it is asked for.</summary>
    public IEnumerable<string> Names => _slots.Select(slot => _json.String(slot.Name));

    /// <summary>The tensor of a name; null where there is none.</summary>
    public SafeTensorsEntry? Find(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            SafeTensorsSlot slot = _slots[_byName[middle]];
            int order = _json.CompareName(slot.Name, utf8);
            if (order == 0)
            {
                return Entry(slot, name);
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    /// <summary>One of the free texts that a writer may add, still in its JSON; null where there is none of that name.</summary>
    public JsonToken? FindText(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        for (int n = 0; n < _texts.Count; n += 2)
        {
            if (_json.CompareName(_texts[n], utf8) == 0)
            {
                return _texts[n + 1];
            }
        }

        return null;
    }

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
            if (_json.CompareName(key, "__metadata__"u8) == 0)
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

    /// <summary>The order of names as UTF-8, which must differ.</summary>
    private int[] Ordered(int count, Func<int, JsonToken> nameOf)
    {
        int[] order = new int[count];
        for (int n = 0; n < count; n++)
        {
            order[n] = n;
        }

        order.AsSpan().Sort((first, second) => _json.CompareNames(nameOf(first), nameOf(second)));
        for (int n = 1; n < count; n++)
        {
            JsonToken first = nameOf(order[n - 1]), second = nameOf(order[n]);
            if (_json.CompareNames(first, second) == 0)
            {
                throw _json.Fault(
                    $"the key '{_json.String(first)}'", "there once", "there twice", Math.Max(first.Start, second.Start) - 1);
            }
        }

        return order;
    }

    private SafeTensorsEntry Entry(in SafeTensorsSlot slot, string name) =>
        new(name, slot.Type, _json.Counts(slot.Shape), slot.Begin, slot.End, _json.Offset(slot.Name.Start - 1));
}
