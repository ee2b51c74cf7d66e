namespace LstmSharp;

/// <summary>Some sequences of another source, in an order of their own. No copy.</summary>
/// <param name="source">The source.</param>
/// <param name="samples">The sequences' positions in the source; one may come several times.</param>
internal sealed class SubsetSource<T>(SequenceSource<T> source, int[] samples)
    : SequenceSource<T>(samples.Length, source.LongestOf(samples), source.Size)
    where T : unmanaged
{
    public override int MinLength { get; } = source.IsRagged && samples.Length > 0 ? samples.Min(source.LengthOf) : source.MinLength;

    public override int LengthOf(int sample) => source.LengthOf(samples[sample]);

    public override void CopyStep(int sample, int step, Span<T> destination) => source.CopyStep(samples[sample], step, destination);
}
