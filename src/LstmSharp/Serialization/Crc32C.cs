using System.Buffers.Binary;
using System.Numerics;

namespace LstmSharp;

/// <summary>CRC-32C of bytes that come in any pieces. Source: Castagnoli, Bräuer and Herrmann 1993; RFC 3720.</summary>
internal struct Crc32C
{
    private uint _register = uint.MaxValue;

    public Crc32C()
    {
    }

    /// <summary>The checksum of all bytes so far.</summary>
    public readonly uint Value => ~_register;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        Crc32C crc = new();
        crc.Append(bytes);
        return crc.Value;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            _register = BitOperations.Crc32C(_register, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte value in bytes)
        {
            _register = BitOperations.Crc32C(_register, value);
        }
    }
}
