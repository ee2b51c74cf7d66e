namespace LstmSharp;

/// <summary>The header of a safetensors file, read strictly: the tensors tile the data without hole or overlap.</summary>
internal sealed class SafeTensorsHeader
{
    private const string MetadataKey = "__metadata__";

    /// <summary>The most sizes that a shape may have.</summary>
    private const int MaxRank = 8;

    private SafeTensorsHeader(Dictionary<string, SafeTensorsEntry> entries, Dictionary<string, string> metadata, long dataLength)
    {
        DataLength = dataLength;
        Entries = entries;
        Metadata = metadata;
    }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafeTensorsEntry> Entries { get; }

    /// <summary>The free texts that a writer may add.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The number of bytes that must follow the header.</summary>
    public long DataLength { get; }

    /// <summary>Reads and checks a header.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="source">What error messages begin with.</param>
    /// <exception cref="InvalidDataException">The header is not valid.</exception>
    public static SafeTensorsHeader Parse(ReadOnlySpan<byte> json, string source)
    {
        var reader = new StrictJsonReader(json, $"{source}: the header");
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw reader.Fault("must begin with '{'");
        }

        reader.StartObject("the whole");
        Dictionary<string, SafeTensorsEntry> entries = [];
        Dictionary<string, string> metadata = [];
        HashSet<string> keys = [];
        while (reader.NextKey(keys, out string? key))
        {
            if (key == MetadataKey)
            {
                ReadMetadata(ref reader, metadata);
            }
            else
            {
                entries.Add(key, ReadEntry(ref reader, key));
            }
        }

        reader.End();
        return new SafeTensorsHeader(entries, metadata, EndOfTiling(entries.Values, source));
    }

    private static void ReadMetadata(ref StrictJsonReader reader, Dictionary<string, string> metadata)
    {
        reader.StartObject(MetadataKey);
        HashSet<string> keys = [];
        while (reader.NextKey(keys, out string? key))
        {
            metadata.Add(key, reader.String($"{MetadataKey} '{key}'"));
        }
    }

    private static SafeTensorsEntry ReadEntry(ref StrictJsonReader reader, string name)
    {
        string what = $"tensor '{name}'";
        string? type = null;
        List<long>? shape = null, offsets = null;
        reader.StartObject(what);
        HashSet<string> keys = [];
        while (reader.NextKey(keys, out string? key))
        {
            switch (key)
            {
                case "dtype":
                    type = reader.String($"{what}: dtype");
                    break;
                case "shape":
                    shape = ReadCounts(ref reader, $"{what}: shape");
                    break;
                case "data_offsets":
                    offsets = ReadCounts(ref reader, $"{what}: data_offsets");
                    break;
                default:
                    throw reader.Fault($"{what} has the unknown key '{key}'");
            }
        }

        if (type is null || shape is null || offsets is null)
        {
            throw reader.Fault($"{what} must have dtype, shape and data_offsets, but has {string.Join(", ", keys)}");
        }

        if (offsets.Count != 2 || offsets[0] > offsets[1])
        {
            throw reader.Fault($"{what}: data_offsets must be a begin and an end not before it, but is [{string.Join(", ", offsets)}]");
        }

        var entry = new SafeTensorsEntry(name, type, [.. shape], offsets[0], offsets[1]);
        ThrowIfSizeDiffers(ref reader, entry, what);
        return entry;
    }

    private static List<long> ReadCounts(ref StrictJsonReader reader, string what)
    {
        reader.StartArray(what);
        List<long> counts = [];
        while (reader.NextCount(what, out long count))
        {
            if (counts.Count == MaxRank)
            {
                throw reader.Fault($"{what} must hold at most {MaxRank} numbers, but holds more");
            }

            counts.Add(count);
        }

        return counts;
    }

    private static void ThrowIfSizeDiffers(ref StrictJsonReader reader, SafeTensorsEntry entry, string what)
    {
        long bytes = BytesOf(entry.Type);
        if (bytes == 0)
        {
            throw reader.Fault($"{what} is of the unknown dtype '{entry.Type}'");
        }

        foreach (long size in entry.Shape)
        {
            if (size != 0 && bytes > long.MaxValue / size)
            {
                throw reader.Fault($"{what}: the shape [{string.Join(", ", entry.Shape)}] is too large");
            }

            bytes *= size;
        }

        if (entry.End - entry.Begin != bytes)
        {
            throw reader.Fault(
                $"{what} needs {bytes} bytes for {entry.Type} [{string.Join(", ", entry.Shape)}], "
                + $"but its data_offsets hold {entry.End - entry.Begin}");
        }
    }

    /// <summary>The end of the last tensor, each of which must begin where the one before it ends.</summary>
    private static long EndOfTiling(IEnumerable<SafeTensorsEntry> entries, string source)
    {
        long end = 0;
        foreach (SafeTensorsEntry entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != end)
            {
                throw new InvalidDataException(
                    $"{source}: tensor '{entry.Name}' must begin at byte {end} of the data, where the one before it ends, "
                    + $"but begins at {entry.Begin}.");
            }

            end = entry.End;
        }

        return end;
    }

    /// <summary>The bytes of one element, or 0 for a type that the format does not know.</summary>
    private static int BytesOf(string type) => type switch
    {
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" => 1,
        "I16" or "U16" or "F16" or "BF16" => 2,
        "I32" or "U32" or "F32" => 4,
        "I64" or "U64" or "F64" => 8,
        _ => 0,
    };
}
