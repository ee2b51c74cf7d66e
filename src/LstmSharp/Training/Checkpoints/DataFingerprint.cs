using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LstmSharp;

/// <summary>A short text for all inputs and targets of a dataset: another dataset has another one.</summary>
internal static class DataFingerprint
{
    private const int Bytes = 8;

    public static string Of(SequenceDataset data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (data.HasTokenInputs)
        {
            Append(hash, data.TokenSource);
        }
        else
        {
            Append(hash, data.InputSource);
        }

        if (data.HasClassTargets)
        {
            Append(hash, data.ClassSource);
        }
        else
        {
            Append(hash, data.TargetSource);
        }

        if (data.IsRagged)
        {
            int[] lengths = [.. Enumerable.Range(0, data.Count).Select(data.LengthOf)];
            hash.AppendData(MemoryMarshal.AsBytes(lengths.AsSpan()));
        }

        if (data.HasLabelTargets)
        {
            int[] lengths = [.. Enumerable.Range(0, data.Count).Select(data.TargetLengthOf)];
            hash.AppendData(MemoryMarshal.AsBytes(lengths.AsSpan()));
        }

        return $"{data} {Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, Bytes))}";
    }

    private static void Append<T>(IncrementalHash hash, SequenceSource<T> source)
        where T : unmanaged
    {
        foreach ((_, ReadOnlyMemory<T> values) in source.Blocks())
        {
            hash.AppendData(MemoryMarshal.AsBytes(values.Span));
        }
    }
}
