namespace LstmSharp;

/// <summary>Sequences of any lengths that lie one after the other in an array. No copy.</summary>
/// <param name="values">The steps of all sequences.</param>
/// <param name="starts">Where each sequence begins among the values, and where the last one ends.</param>
/// <param name="size">The number of values of every step.</param>
internal sealed class ListSource<T>(T[] values, int[] starts, int size)
    : SequenceSource<T>(starts.Length - 1, Lengths(starts, size).DefaultIfEmpty().Max(), size)
    where T : unmanaged
{
    public override int MinLength { get; } = Lengths(starts, size).DefaultIfEmpty().Min();

    public override int LengthOf(int sample) => (starts[sample + 1] - starts[sample]) / Size;

    public override void CopyStep(int sample, int step, Span<T> destination) =>
        values.AsSpan(starts[sample] + (step * Size), Size).CopyTo(destination);

    private static IEnumerable<int> Lengths(int[] starts, int size) => starts.Skip(1).Zip(starts, (end, start) => (end - start) / size);
}
