namespace LstmSharp.Tests.Serialization;

/// <summary>CRC-32C bit by bit: the reflected polynomial 0x82F63B78.</summary>
internal static class NaiveCrc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
            }
        }

        return ~crc;
    }
}
