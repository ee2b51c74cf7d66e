using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LstmSharp;

/// <summary>Writes a safetensors file of weights. The same content gives the same bytes.</summary>
internal static class SafeTensorsWriter
{
    private const int Alignment = 8;
    private const int ChunkValues = 1 << 14;

    /// <summary>Writes a whole file at the stream's position; the stream stays open.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="metadata">Free texts; written in the order of their keys.</param>
    /// <param name="tensors">The tensors, in the order in which they are written; names must differ.</param>
    /// <param name="type">What the values are written as.</param>
    /// <exception cref="ArgumentException">The stream cannot be written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
    /// <exception cref="IOException">Writing failed.</exception>
    public static void Write(
        Stream stream,
        IReadOnlyDictionary<string, string> metadata,
        IReadOnlyList<NamedTensor> tensors,
        WeightType type = WeightType.F32)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanWrite)
        {
            throw new ArgumentException("SafeTensors: stream must be writable, but is not.", nameof(stream));
        }

        byte[] header = CreateHeader(metadata, tensors, TensorType.Of(type));
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkValues * sizeof(float));
        foreach (NamedTensor tensor in tensors)
        {
            WriteValues(stream, tensor.Parameter.Values, type, chunk);
        }

        ArrayPool<byte>.Shared.Return(chunk);
    }

    private static byte[] CreateHeader(
        IReadOnlyDictionary<string, string> metadata, IReadOnlyList<NamedTensor> tensors, string type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (KeyValuePair<string, string> text in metadata.OrderBy(text => text.Key, StringComparer.Ordinal))
            {
                json.WriteString(text.Key, text.Value);
            }

            json.WriteEndObject();
            long begin = 0;
            foreach (NamedTensor tensor in tensors)
            {
                begin = WriteEntry(json, tensor, type, begin);
            }

            json.WriteEndObject();
        }

        int padding = (Alignment - (buffer.WrittenCount % Alignment)) % Alignment;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan.ToArray();
    }

    private static long WriteEntry(Utf8JsonWriter json, NamedTensor tensor, string type, long begin)
    {
        long end = begin + ((long)tensor.Parameter.Count * TensorType.BytesOf(type));
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", type);
        json.WriteStartArray("shape");
        foreach (int size in tensor.Parameter.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }

    private static void WriteValues(Stream stream, ReadOnlySpan<float> values, WeightType type, byte[] chunk)
    {
        int size = TensorType.BytesOf(TensorType.Of(type));
        while (!values.IsEmpty)
        {
            int count = Math.Min(values.Length, ChunkValues);
            Span<byte> bytes = chunk.AsSpan(0, count * size);
            TensorType.ToBytes(type, values[..count], bytes);
            stream.Write(bytes);
            values = values[count..];
        }
    }
}
