using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>Copies rows between users' memory, where they lie side by side, and padded ones; a crew shares the work.</summary>
internal unsafe struct RowCopy : ISharedWork
{
    /// <summary>Below this many floats one thread copies alone.</summary>
    private const int LeastFloatsToShare = 1 << 16;

    private float* From;

    private nint FromStride;

    private float* To;

    private nint ToStride;

    private int Rows;

    private int Width;

    /// <summary>Copies users' rows to padded ones.</summary>
    /// <returns>The padded rows, of the same shape.</returns>
    public static SequenceRows CopyIn(Crew crew, in SequenceRows dense, AlignedBuffer buffer)
    {
        SequenceRows padded = dense with { Stride = Panels.RowStride(dense.Width) };
        padded = padded with { Data = buffer.Reserve((long)padded.Count * padded.Stride) };
        Copy(crew, dense, padded);
        return padded;
    }

    /// <summary>Copies rows of any stride to users' memory.</summary>
    public static void CopyOut(Crew crew, in SequenceRows rows, float* dense) =>
        Copy(crew, rows, rows with { Data = dense, Stride = rows.Width });

    public readonly void Run(int share, int shares)
    {
        Share rows = Share.Of(Rows, share, shares);
        PaddedRows.Copy(From + (rows.First * FromStride), FromStride, To + (rows.First * ToStride), ToStride, rows.Count, Width);
    }

    private static void Copy(Crew crew, in SequenceRows from, in SequenceRows to)
    {
        var copy = new RowCopy
        {
            From = from.Data,
            FromStride = from.Stride,
            To = to.Data,
            ToStride = to.Stride,
            Rows = from.Count,
            Width = from.Width,
        };
        crew.Run((long)from.Count * from.Width < LeastFloatsToShare ? 1 : crew.Size, copy);
    }
}
