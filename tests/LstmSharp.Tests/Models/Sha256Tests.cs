using System.Security.Cryptography;
using LstmSharp.Fingerprint;

namespace LstmSharp.Tests.Models;

public sealed class Sha256Tests
{
    [Fact]
    public void Finish_EveryLengthInAnyPieces_EqualsTheFrameworks()
    {
        var random = new Random(1);
        for (int length = 0; length < 200; length++)
        {
            byte[] message = new byte[length];
            random.NextBytes(message);
            int cut = random.Next(length + 1);
            var hash = new Sha256();
            hash.Append(message.AsSpan(..cut));
            hash.Append(message.AsSpan(cut..));

            hash.Finish().Should().Be(Convert.ToHexStringLower(SHA256.HashData(message)));
        }
    }
}
