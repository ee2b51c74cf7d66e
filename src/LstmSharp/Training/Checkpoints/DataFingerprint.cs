using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LstmSharp;

/// <summary>A short text for all inputs and targets of a dataset: another dataset has another one.</summary>
internal static class DataFingerprint
{
    private const int ValuesAtATime = 1 << 20;
    private const int Bytes = 8;

    public static string Of(SequenceDataset data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append<float>(hash, TensorValues.Of(data.Inputs));
        if (data.HasClassTargets)
        {
            Append<int>(hash, TensorValues.Of(data.Classes));
        }
        else
        {
            Append<float>(hash, TensorValues.Of(data.Targets));
        }

        return $"{data} {Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, Bytes))}";
    }

    private static void Append<T>(IncrementalHash hash, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        for (; !values.IsEmpty; values = values[Math.Min(values.Length, ValuesAtATime)..])
        {
            hash.AppendData(MemoryMarshal.AsBytes(values[..Math.Min(values.Length, ValuesAtATime)]));
        }
    }
}
