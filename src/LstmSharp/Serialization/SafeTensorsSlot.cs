namespace LstmSharp;

/// <summary>One tensor of a safetensors header, as places in its text.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">The element type, such as F32.</param>
/// <param name="Shape">Where the shape begins in the text.</param>
/// <param name="Begin">The first byte of its data, counted from the end of the header.</param>
/// <param name="End">The byte after the last.</param>
internal readonly record struct SafeTensorsSlot(JsonToken Name, string Type, int Shape, long Begin, long End)
{
    /// <summary>The most sizes that a shape may have.</summary>
    private const int MaxRank = 8;

    private static readonly string[] Keys = ["dtype", "shape", "data_offsets"];

    /// <summary>Reads an entry behind its name.</summary>
    /// <exception cref="ModelFileException">The entry is not as it must be.</exception>
    public static SafeTensorsSlot Read(ref StrictJsonReader reader, JsonToken name)
    {
        string type = string.Empty;
        int shape = 0, rank = 0, offsets = 0, seen = 0;
        Span<long> sizes = stackalloc long[MaxRank], range = stackalloc long[2];
        reader.Tensor = name;
        reader.StartObject("the entry");
        while (reader.NextKey("the entry", Keys, ref seen) is { } key)
        {
            switch (key)
            {
                case "dtype":
                    type = reader.OneOf(key, TensorType.Names);
                    break;
                case "shape":
                    (shape, rank) = ReadCounts(ref reader, key, sizes);
                    break;
                default:
                    (_, offsets) = ReadCounts(ref reader, key, range);
                    break;
            }
        }

        if (seen != (1 << Keys.Length) - 1)
        {
            throw reader.Fault("the entry", $"one with {string.Join(", ", Keys)}", $"without {string.Join(" and ", Unseen(seen))}");
        }

        if (offsets != 2 || range[0] > range[1])
        {
            throw reader.Fault("data_offsets", "a begin and an end not before it", Listed(range[..offsets]));
        }

        ThrowIfSizeDiffers(ref reader, type, sizes[..rank], range[1] - range[0]);
        reader.Tensor = null;
        return new SafeTensorsSlot(name, type, shape, range[0], range[1]);
    }

    private static (int Position, int Count) ReadCounts(ref StrictJsonReader reader, string what, scoped Span<long> counts)
    {
        reader.StartArray(what);
        int position = reader.Position, n = 0;
        while (reader.NextCount(what, out long count))
        {
            if (n == counts.Length)
            {
                throw reader.Fault(what, $"at most {counts.Length} numbers", "more");
            }

            counts[n++] = count;
        }

        return (position, n);
    }

    private static void ThrowIfSizeDiffers(ref StrictJsonReader reader, string type, scoped ReadOnlySpan<long> sizes, long held)
    {
        long bytes = TensorType.BytesOf(type);
        foreach (long size in sizes)
        {
            if (size != 0 && bytes > long.MaxValue / size)
            {
                throw reader.Fault("shape", $"of at most {long.MaxValue} bytes", Listed(sizes));
            }

            bytes *= size;
        }

        if (held != bytes)
        {
            throw reader.Fault("data_offsets", $"{bytes} bytes apart, as {type} {Listed(sizes)} needs", $"{held} bytes apart");
        }
    }

    private static IEnumerable<string> Unseen(int seen) => Keys.Where((_, n) => (seen & (1 << n)) == 0);

    private static string Listed(ReadOnlySpan<long> numbers) => $"[{string.Join(", ", numbers.ToArray())}]";
}
