using System.Buffers.Binary;
using System.Numerics;

namespace LstmSharp.Fingerprint;

/// <summary>SHA-256 (FIPS 180-4) in plain C#: the framework's needs OpenSSL's libraries, which bare arm64 roots under QEMU lack.</summary>
internal sealed class Sha256
{
    private const int BlockBytes = 64;
    private const int Rounds = 64;

    private static readonly uint[] RoundConstants = FractionsOfRoots(Rounds, Math.Cbrt);

    private readonly uint[] _state = FractionsOfRoots(8, Math.Sqrt);
    private readonly uint[] _schedule = new uint[Rounds];
    private readonly byte[] _block = new byte[BlockBytes];
    private ulong _length;

    /// <summary>Takes more bytes in.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            _block[_length++ % BlockBytes] = value;
            if (_length % BlockBytes == 0)
            {
                Compress();
            }
        }
    }

    /// <summary>Ends the message.</summary>
    /// <returns>The hash in hexadecimal.</returns>
    public string Finish()
    {
        ulong bits = _length * 8;
        Append([0x80]);
        while (_length % BlockBytes != BlockBytes - sizeof(ulong))
        {
            Append([0]);
        }

        byte[] size = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(size, bits);
        Append(size);
        return string.Concat(_state.Select(word => word.ToString("x8")));
    }

    private void Compress()
    {
        Span<uint> w = _schedule;
        for (int t = 0; t < Rounds; t++)
        {
            w[t] = t < 16
                ? BinaryPrimitives.ReadUInt32BigEndian(_block.AsSpan(t * sizeof(uint)))
                : w[t - 16] + w[t - 7] + Mix(w[t - 15], 7, 18, w[t - 15] >> 3) + Mix(w[t - 2], 17, 19, w[t - 2] >> 10);
        }

        (uint a, uint b, uint c, uint d) = (_state[0], _state[1], _state[2], _state[3]);
        (uint e, uint f, uint g, uint h) = (_state[4], _state[5], _state[6], _state[7]);
        for (int t = 0; t < Rounds; t++)
        {
            uint first = h + Mix(e, 6, 11, BitOperations.RotateRight(e, 25)) + ((e & f) ^ (~e & g)) + RoundConstants[t] + w[t];
            uint second = Mix(a, 2, 13, BitOperations.RotateRight(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }

        uint[] step = [a, b, c, d, e, f, g, h];
        for (int n = 0; n < step.Length; n++)
        {
            _state[n] += step[n];
        }
    }

    private static uint Mix(uint word, int rotation1, int rotation2, uint third) =>
        BitOperations.RotateRight(word, rotation1) ^ BitOperations.RotateRight(word, rotation2) ^ third;

    /// <summary>The first 32 bits of the fractional parts of the first primes' roots, which are the standard's constants.</summary>
    private static uint[] FractionsOfRoots(int count, Func<double, double> root) =>
    [
        .. Enumerable.Range(2, 310).Where(n => Enumerable.Range(2, n - 2).All(divisor => n % divisor != 0)).Take(count)
            .Select(prime => root(prime)).Select(value => (uint)((value - Math.Floor(value)) * 4294967296.0)),
    ];
}
