using System.Runtime.InteropServices;
using System.Text;

namespace LstmSharp.Benchmarks.Engines;

/// <summary>Writes the wire format of protocol buffers: a field is its number and kind, then a number or counted bytes.</summary>
internal sealed class ProtobufWriter
{
    private const int VariableNumber = 0;
    private const int CountedBytes = 2;

    private readonly List<byte> _bytes = [];

    public ProtobufWriter Number(int field, long value)
    {
        Variable((ulong)((field << 3) | VariableNumber));
        Variable((ulong)value);
        return this;
    }

    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Floats(int field, ReadOnlySpan<float> values) => Bytes(field, MemoryMarshal.AsBytes(values));

    public ProtobufWriter Message(int field, ProtobufWriter message) => Bytes(field, message.ToArray());

    public ProtobufWriter Messages(int field, IEnumerable<ProtobufWriter> messages)
    {
        foreach (ProtobufWriter message in messages)
        {
            Message(field, message);
        }

        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    private ProtobufWriter Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Variable((ulong)((field << 3) | CountedBytes));
        Variable((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Seven bits a byte, the lowest first; the top bit says that more follow.</summary>
    private void Variable(ulong value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
    }
}
