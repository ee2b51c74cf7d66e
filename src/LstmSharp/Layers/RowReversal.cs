using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>Copies a sequence with every row reversed, each from its own last step to its first; a crew shares the work.</summary>
internal unsafe struct RowReversal : ISharedWork
{
    private SequenceRows _source;

    private SequenceRows _destination;

    /// <summary>Copies rows.</summary>
    /// <param name="crew">Who copies.</param>
    /// <param name="source">The rows.</param>
    /// <param name="buffer">Receives rows of <see cref="Panels.RowStride"/> floats.</param>
    /// <returns>The rows of the copy.</returns>
    public static SequenceRows Copy(Crew crew, in SequenceRows source, AlignedBuffer buffer)
    {
        int stride = Panels.RowStride(source.Width);
        SequenceRows destination = source with { Data = buffer.Reserve((long)source.Count * stride), Stride = stride };
        crew.Run(crew.Size, new RowReversal { _source = source, _destination = destination });
        return destination;
    }

    public readonly void Run(int share, int shares)
    {
        Share rows = Share.Of(_source.Count, share, shares);
        for (int row = rows.First, t = 0; row < rows.End; row++)
        {
            _source.Values(_source.Steps.Mirror(row, ref t)).CopyTo(_destination.Values(row));
        }
    }
}
