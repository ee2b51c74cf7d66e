using System.Buffers.Binary;
using System.Text;

namespace LstmSharp.Tests.Serialization;

/// <summary>Safetensors bytes put together by hand, sharing nothing with the writer under test.</summary>
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

    /// <summary>A file of float32 tensors, each filled with the values given.</summary>
    public static byte[] File(Dictionary<string, string> metadata, List<(string Name, int[] Shape, float[] Values)> tensors)
    {
        List<string> entries = [];
        List<byte> data = [];
        string texts = string.Join(",", metadata.Select(text => $"\"{text.Key}\":\"{Escape(text.Value)}\""));
        foreach ((string name, int[] shape, float[] values) in tensors)
        {
            int begin = data.Count;
            data.AddRange(values.SelectMany(BitConverter.GetBytes));
            entries.Add(
                $"\"{name}\": {{\"dtype\": \"F32\", \"shape\": [{string.Join(", ", shape)}], \"data_offsets\": [{begin}, {data.Count}]}}");
        }

        entries.Add($"\"__metadata__\": {{{texts}}}");
        return File($"{{{string.Join(", ", entries)}}}  ", [.. data]);
    }

    public static string Escape(string text) => text.Replace("\"", "\\\"", StringComparison.Ordinal);
}
