namespace LstmSharp;

/// <summary>Some sequences of another source, in an order of their own. No copy.</summary>
/// <param name="source">The source.</param>
/// <param name="samples">The sequences' positions in the source; one may come several times.</param>
internal sealed class SubsetSource<T>(SequenceSource<T> source, int[] samples)
    : SequenceSource<T>(samples.Length, source.MaxLength, source.Size)
    where T : unmanaged
{
    public override void CopyStep(int sample, int step, Span<T> destination) => source.CopyStep(samples[sample], step, destination);
}
