using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace LstmSharp.Tests.Golden;

/// <summary>One file of libtorch's numbers: a strict reader of safetensors, for tests alone.</summary>
internal sealed class GoldenFile
{
    private readonly Dictionary<string, float[]> _floats = [];
    private readonly Dictionary<string, long[]> _integers = [];
    private readonly Dictionary<string, int[]> _shapes = [];
    private readonly Dictionary<string, string> _metadata = [];

    private GoldenFile(byte[] bytes)
    {
        int headerLength = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        ReadOnlySpan<byte> data = bytes.AsSpan(8 + headerLength);
        int covered = 0;
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                foreach (JsonProperty item in entry.Value.EnumerateObject())
                {
                    _metadata.Add(item.Name, item.Value.GetString()!);
                }
            }
            else
            {
                covered += ReadTensor(entry.Name, entry.Value, data);
            }
        }

        if (covered != data.Length)
        {
            throw new InvalidDataException($"The tensors cover {covered} of {data.Length} bytes.");
        }
    }

    /// <summary>The names of all tensors.</summary>
    public IEnumerable<string> Names => _shapes.Keys;

    /// <summary>Reads a file of the folder Golden by its name without extension.</summary>
    public static GoldenFile Read(string name) =>
        new(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", name + ".safetensors")));

    /// <summary>The names, without extension, of the files that begin so.</summary>
    public static IEnumerable<string> NamesOf(string prefix) =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Golden"), prefix + "*.safetensors")
            .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public bool Has(string tensor) => _shapes.ContainsKey(tensor);

    public float[] Floats(string tensor) => _floats[tensor];

    public float Scalar(string tensor) => _floats[tensor].Single();

    public long[] Integers(string tensor) => _integers[tensor];

    public int[] Shape(string tensor) => _shapes[tensor];

    public string? Text(string key) => _metadata.GetValueOrDefault(key);

    public float Number(string key, float otherwise) =>
        Text(key) is { } text ? float.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private int ReadTensor(string name, JsonElement entry, ReadOnlySpan<byte> data)
    {
        int[] shape = [.. entry.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
        int count = shape.Aggregate(1, (product, size) => checked(product * size));
        int begin = entry.GetProperty("data_offsets")[0].GetInt32(), end = entry.GetProperty("data_offsets")[1].GetInt32();
        ReadOnlySpan<byte> bytes = data[begin..end];
        string type = entry.GetProperty("dtype").GetString()!;
        int size = type switch
        {
            "F32" => 4,
            "I64" => 8,
            _ => throw new InvalidDataException($"Tensor {name} is of type {type}."),
        };
        if (bytes.Length != checked(count * size))
        {
            throw new InvalidDataException($"Tensor {name} needs {count * size} bytes, but has {bytes.Length}.");
        }

        _shapes.Add(name, shape);
        if (type == "F32")
        {
            float[] values = new float[count];
            for (int n = 0; n < count; n++)
            {
                values[n] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * n)..]);
            }

            _floats.Add(name, values);
        }
        else
        {
            long[] values = new long[count];
            for (int n = 0; n < count; n++)
            {
                values[n] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * n)..]);
            }

            _integers.Add(name, values);
        }

        return bytes.Length;
    }
}
