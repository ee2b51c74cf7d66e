namespace LstmSharp;

/// <summary>Each sequence of another source as a single step that holds all its steps, one after the other.</summary>
/// <param name="source">Sequences of equal length.</param>
internal sealed class FlatSource<T>(SequenceSource<T> source)
    : SequenceSource<T>(source.Count, 1, checked(source.MaxLength * source.Size))
    where T : unmanaged
{
    public override void CopyStep(int sample, int step, Span<T> destination)
    {
        for (int t = 0; t < source.MaxLength; t++)
        {
            source.CopyStep(sample, t, destination.Slice(t * source.Size, source.Size));
        }
    }
}
