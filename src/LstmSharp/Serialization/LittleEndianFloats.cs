using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LstmSharp;

/// <summary>float32 values as files hold them: little-endian on every machine, their bits kept.</summary>
internal static class LittleEndianFloats
{
    public static void Read(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        bytes.CopyTo(MemoryMarshal.AsBytes(values));
        ReverseUnlessLittleEndian(MemoryMarshal.Cast<float, int>(values));
    }

    public static void Write(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        MemoryMarshal.AsBytes(values).CopyTo(bytes);
        ReverseUnlessLittleEndian(MemoryMarshal.Cast<byte, int>(bytes));
    }

    private static void ReverseUnlessLittleEndian(Span<int> bits)
    {
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }
    }
}
