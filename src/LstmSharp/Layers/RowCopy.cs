using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>Copies rows between users' memory, [T, B, width] side by side in the user's order, and padded ones in the order of a
/// <see cref="StepTable"/>; a crew shares the work. It goes in the user's order, whose rows are the ones that come from far away.</summary>
internal unsafe struct RowCopy : ISharedWork
{
    /// <summary>Below this many floats one thread copies alone.</summary>
    private const int LeastFloatsToShare = 1 << 16;

    private float* Dense;

    private SequenceRows Padded;

    private bool IsWayOut;

    /// <summary>Copies users' rows to padded ones.</summary>
    /// <param name="crew">Who copies.</param>
    /// <param name="dense">Step after step, all rows of the batch, side by side.</param>
    /// <param name="steps">Which of them are read, and in which order they come to stand.</param>
    /// <param name="width">How many values a row has.</param>
    /// <param name="buffer">Receives the rows.</param>
    /// <returns>The padded rows.</returns>
    public static SequenceRows CopyIn(Crew crew, float* dense, in StepTable steps, int width, AlignedBuffer buffer) =>
        CopyIn(crew, dense, steps, width, Panels.RowStride(width), buffer);

    /// <summary>The same with another distance between two rows.</summary>
    public static SequenceRows CopyIn(Crew crew, float* dense, in StepTable steps, int width, int stride, AlignedBuffer buffer)
    {
        SequenceRows padded = new() { Steps = steps, Stride = stride, Width = width };
        padded.Data = buffer.Reserve((long)padded.Count * padded.Stride);
        CopyIn(crew, dense, padded);
        return padded;
    }

    /// <summary>Copies users' rows to where others lie.</summary>
    public static void CopyIn(Crew crew, float* dense, in SequenceRows padded) => Copy(crew, dense, padded, isWayOut: false);

    /// <summary>Copies rows of any stride to users' memory; steps beyond a row's length become 0.</summary>
    public static void CopyOut(Crew crew, in SequenceRows rows, float* dense) => Copy(crew, dense, rows, isWayOut: true);

    public readonly void Run(int share, int shares)
    {
        StepTable steps = Padded.Steps;
        int width = Padded.Width, batchSize = steps.BatchSize;
        Share places = Share.Of(steps.Length * batchSize, share, shares);
        if (!steps.IsSorted)
        {
            CopyRows(Padded.Row(places.First), Dense + ((nint)places.First * width), places.Count);
            return;
        }

        for (int n = places.First; n < places.End; n++)
        {
            (int t, int place) = Math.DivRem(n, batchSize);
            int row = steps.RowOf(place);
            float* dense = Dense + ((nint)n * width);
            if (row < steps.Rows(t))
            {
                CopyRows(Padded.Row(steps.First(t) + row), dense, rows: 1);
            }
            else if (IsWayOut)
            {
                new Span<float>(dense, width).Clear();
            }
        }
    }

    private static void Copy(Crew crew, float* dense, in SequenceRows padded, bool isWayOut)
    {
        var copy = new RowCopy { Dense = dense, Padded = padded, IsWayOut = isWayOut };
        long floats = (long)padded.SequenceLength * padded.BatchSize * padded.Width;
        if (floats > 0)
        {
            crew.Run(floats < LeastFloatsToShare ? 1 : crew.Size, copy);
        }
    }

    private readonly void CopyRows(float* padded, float* dense, int rows)
    {
        int stride = Padded.Stride, width = Padded.Width;
        if (IsWayOut)
        {
            PaddedRows.Copy(padded, stride, dense, width, rows, width);
        }
        else
        {
            PaddedRows.Copy(dense, width, padded, stride, rows, width);
        }
    }
}
