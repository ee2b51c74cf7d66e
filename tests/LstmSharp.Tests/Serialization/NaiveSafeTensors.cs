using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace LstmSharp.Tests.Serialization;

/// <summary>Safetensors bytes put together and taken apart by hand, sharing nothing with the code under test.</summary>
internal static class NaiveSafeTensors
{
    /// <summary>A header's text and the data behind it, with the length in front.</summary>
    public static byte[] File(string header, params byte[] data) => File(Encoding.UTF8.GetBytes(header), data);

    public static byte[] File(byte[] header, params byte[] data)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. data];
    }

    /// <summary>A file of tensors of one type, each filled with the values given.</summary>
    public static byte[] File(
        Dictionary<string, string> metadata, List<(string Name, int[] Shape, float[] Values)> tensors, string type = "F32")
    {
        List<string> entries = [];
        List<byte> data = [];
        string texts = string.Join(",", metadata.Select(text => $"\"{text.Key}\":\"{Escape(text.Value)}\""));
        foreach ((string name, int[] shape, float[] values) in tensors)
        {
            int begin = data.Count;
            data.AddRange(values.SelectMany(value => Bytes(value, type)));
            entries.Add(
                $"\"{name}\": {{\"dtype\": \"{type}\", \"shape\": [{string.Join(", ", shape)}], "
                + $"\"data_offsets\": [{begin}, {data.Count}]}}");
        }

        entries.Add($"\"__metadata__\": {{{texts}}}");
        return File($"{{{string.Join(", ", entries)}}}  ", [.. data]);
    }

    /// <summary>Takes a file apart that is known to be whole. Every tensor must be of floating-point numbers.</summary>
    public static Dictionary<string, (int[] Shape, float[] Values)> Read(byte[] file)
    {
        int dataBegin = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, dataBegin - 8));
        Dictionary<string, (int[] Shape, float[] Values)> tensors = [];
        foreach (JsonProperty entry in header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
        {
            int[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
            string type = entry.Value.GetProperty("dtype").GetString()!;
            int size = Bytes(0, type).Length;
            tensors.Add(
                entry.Name,
                (
                    [.. entry.Value.GetProperty("shape").EnumerateArray().Select(length => length.GetInt32())],
                    [.. file[(dataBegin + offsets[0])..(dataBegin + offsets[1])].Chunk(size).Select(bytes => Value(bytes, type))]
                ));
        }

        return tensors;
    }

    /// <summary>Whether a file that is JSON for certain keeps the format's rules on shapes and offsets.</summary>
    public static bool IsWhole(byte[] file)
    {
        int dataBegin = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        try
        {
            using var header = JsonDocument.Parse(file.AsMemory(8, dataBegin - 8));
            var tensors = header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__").Select(entry => new
            {
                Size = Numbers(entry.Value.GetProperty("shape")).Aggregate(
                    (BigInteger)Bytes(0, entry.Value.GetProperty("dtype").GetString()!).Length, (product, size) => product * size),
                Offsets = Numbers(entry.Value.GetProperty("data_offsets")),
            }).OrderBy(tensor => tensor.Offsets[0]).ToList();
            return tensors.TrueForAll(tensor => tensor.Offsets.Length == 2)
                && tensors.TrueForAll(tensor => tensor.Offsets[1] - tensor.Offsets[0] == tensor.Size)
                && tensors[0].Offsets[0] == 0
                && tensors.Zip(tensors.Skip(1)).All(pair => pair.First.Offsets[1] == pair.Second.Offsets[0])
                && dataBegin + tensors[^1].Offsets[1] == file.Length;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    /// <summary>A text as it stands in a JSON string, as long as it has no letters but quotes that need care.</summary>
    public static string Escape(string text) => text.Replace("\"", "\\\"", StringComparison.Ordinal);

    private static long[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(
        item => item.GetRawText()[0] != '-' ? item.GetInt64() : throw new FormatException("A size or offset is negative."))];

    private static byte[] Bytes(float value, string type) => type switch
    {
        "F32" => BitConverter.GetBytes(value),
        "F64" => BitConverter.GetBytes((double)value),
        "F16" => BitConverter.GetBytes((Half)value),
        "BF16" => BitConverter.GetBytes(value)[2..],
        _ => throw new ArgumentException($"There is no type {type} here."),
    };

    private static float Value(byte[] bytes, string type) => type switch
    {
        "F32" => BitConverter.ToSingle(bytes),
        "F64" => (float)BitConverter.ToDouble(bytes),
        "F16" => (float)BitConverter.ToHalf(bytes),
        "BF16" => BitConverter.ToSingle([0, 0, .. bytes]),
        _ => throw new ArgumentException($"There is no type {type} here."),
    };
}
