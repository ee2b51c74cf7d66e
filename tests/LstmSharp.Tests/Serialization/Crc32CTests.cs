namespace LstmSharp.Tests.Serialization;

public sealed class Crc32CTests
{
    [Fact]
    public void Of_DigitsOneToNine_IsThePublishedCheckValue()
    {
        Crc32C.Of("123456789"u8).Should().Be(0xE3069283);
        NaiveCrc32C.Of("123456789"u8).Should().Be(0xE3069283);
    }

    [Fact]
    public void Append_AnyPieces_GivesTheChecksumOfTheWhole()
    {
        byte[] bytes = new byte[40];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            for (int first = 0; first <= length; first++)
            {
                Crc32C crc = new();
                crc.Append(bytes.AsSpan(0, first));
                crc.Append(bytes.AsSpan(first, length - first));
                crc.Value.Should().Be(NaiveCrc32C.Of(bytes.AsSpan(0, length)));
            }
        }
    }
}
