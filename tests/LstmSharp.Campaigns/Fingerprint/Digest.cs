using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace LstmSharp.Campaigns.Fingerprint;

/// <summary>A hash over the bits of numbers, in the order in which they come.</summary>
internal sealed class Digest
{
    private readonly XxHash128 _hash = new();

    public void Add(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new InvalidOperationException("A value is not finite: it would say little about the arithmetic.");
            }
        }

        _hash.Append(MemoryMarshal.AsBytes(values));
    }

    public void Add(float value) => Add([value]);

    public void Add(ParameterSet parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            Add(parameter.Values);
        }
    }

    public void Add(ModelState states)
    {
        foreach (CellState state in states)
        {
            Add(state.Hidden);
            if (state is LstmState lstm)
            {
                Add(lstm.Cell);
            }
        }
    }

    /// <summary>Ends the hash.</summary>
    /// <returns>It in hexadecimal.</returns>
    public string Finish() => Convert.ToHexStringLower(_hash.GetCurrentHash());
}
