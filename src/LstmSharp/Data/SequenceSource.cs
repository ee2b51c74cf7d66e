namespace LstmSharp;

/// <summary>The shape of a dataset's inputs or targets: how many sequences there are and how long they are.</summary>
/// <param name="count">The number of sequences.</param>
/// <param name="maxLength">The number of steps of the longest sequence.</param>
/// <param name="size">The number of values of every step.</param>
internal abstract class SequenceSource(int count, int maxLength, int size)
{
    public int Count { get; } = count;

    public int MaxLength { get; } = maxLength;

    public int Size { get; } = size;

    /// <summary>The number of steps of the shortest sequence; all of <see cref="MaxLength"/> unless a source says otherwise.</summary>
    public virtual int MinLength => MaxLength;

    /// <summary>Whether sequences differ in length.</summary>
    public bool IsRagged => MinLength < MaxLength;

    /// <summary>The number of steps of one sequence; all of <see cref="MaxLength"/> unless a source says otherwise.</summary>
    public virtual int LengthOf(int sample) => MaxLength;

    /// <summary>The number of steps of the longest of some sequences; <see cref="MaxLength"/> of none.</summary>
    public int LongestOf(ReadOnlySpan<int> samples)
    {
        if (samples.IsEmpty || !IsRagged)
        {
            return MaxLength;
        }

        int longest = 0;
        foreach (int sample in samples)
        {
            longest = Math.Max(longest, LengthOf(sample));
        }

        return longest;
    }
}
