namespace LstmSharp;

/// <summary>The columns of sums that a cell's step has, H sums each, and the gate whose weights each of them takes.</summary>
/// <param name="Gates">How many blocks of H rows the weights have.</param>
/// <param name="Input">For each column the gate whose Wx and b it takes, or <see cref="None"/>.</param>
/// <param name="Recurrent">For each column the gate whose Wh it takes, or <see cref="None"/>.</param>
internal sealed record CellColumns(int Gates, int[] Input, int[] Recurrent)
{
    /// <summary>A column without such weights.</summary>
    public const int None = PackedWeights.NoGate;

    public int Count => Input.Length;

    /// <summary>The gate whose Wh a second phase multiplies; its sums go on in the column that has its Wx.</summary>
    public int LaterGate { get; init; } = None;

    /// <summary>Whether the column without Wx begins with a second bias.</summary>
    public bool HasRecurrentBias { get; init; }

    /// <summary><see cref="Kernels.Segment.Third"/> of the columns that have Wx: not 0 where three of four have it, and three have
    /// Wh.</summary>
    public nint InputThird { get; init; }

    /// <summary>The same of those that have Wh.</summary>
    public nint RecurrentThird { get; init; }

    /// <summary>Whether h₋₁ reaches h beside the sums, too: then its gradient begins with what
    /// <see cref="StepGradients.Hidden"/> holds.</summary>
    public bool CarriesHidden { get; init; }

    /// <summary>A column for each gate, with all its weights.</summary>
    public static CellColumns OfGates(int gates)
    {
        int[] all = [.. Enumerable.Range(0, gates)];
        return new CellColumns(gates, all, all);
    }
}
