namespace LstmSharp.Threading;

/// <summary>A run of neighbouring items, one of several nearly equal ones that make up a whole.</summary>
/// <param name="First">The first item.</param>
/// <param name="Count">How many items.</param>
internal readonly record struct Share(int First, int Count)
{
    /// <summary>The item after the last.</summary>
    public int End => First + Count;

    /// <summary>The share of a number among so many shares of <paramref name="total"/> items.</summary>
    public static Share Of(int total, int share, int shares)
    {
        int first = (int)((long)total * share / shares), end = (int)((long)total * (share + 1) / shares);
        return new Share(first, end - first);
    }

    /// <summary>Those of the items that come before another.</summary>
    public Share Below(int end) => new(First, Math.Clamp(end - First, 0, Count));

    /// <summary>These items of all.</summary>
    public Span<T> Of<T>(Span<T> all) => all.Slice(First, Count);

    /// <summary>These items of all.</summary>
    public ReadOnlySpan<T> Of<T>(ReadOnlySpan<T> all) => all.Slice(First, Count);
}
