using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LstmSharp;

/// <summary>Writes a safetensors file of float32 tensors. The same content gives the same bytes.</summary>
internal static class SafeTensorsWriter
{
    private const int Alignment = 8;
    private const int ChunkBytes = 8192;

    /// <summary>Writes a whole file at the stream's position; the stream stays open.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="metadata">Free texts; written in the order of their keys.</param>
    /// <param name="tensors">The tensors, in the order in which they are written; names must differ.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Write(Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<NamedTensor> tensors)
    {
        byte[] header = CreateHeader(metadata, tensors);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        Span<byte> chunk = stackalloc byte[ChunkBytes];
        foreach (NamedTensor tensor in tensors)
        {
            WriteValues(stream, tensor.Parameter.Values, chunk);
        }
    }

    private static byte[] CreateHeader(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<NamedTensor> tensors)
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
                begin = WriteEntry(json, tensor, begin);
            }

            json.WriteEndObject();
        }

        int padding = (Alignment - (buffer.WrittenCount % Alignment)) % Alignment;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan.ToArray();
    }

    private static long WriteEntry(Utf8JsonWriter json, NamedTensor tensor, long begin)
    {
        long end = begin + ((long)tensor.Parameter.Count * sizeof(float));
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", "F32");
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

    private static void WriteValues(Stream stream, ReadOnlySpan<float> values, Span<byte> chunk)
    {
        while (!values.IsEmpty)
        {
            int count = Math.Min(values.Length, chunk.Length / sizeof(float));
            for (int n = 0; n < count; n++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(chunk[(n * sizeof(float))..], values[n]);
            }

            stream.Write(chunk[..(count * sizeof(float))]);
            values = values[count..];
        }
    }
}
