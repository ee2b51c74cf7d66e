using System.Numerics.Tensors;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>Makes one sequence of those of two directions, the second of which stands reversed: docs/math/bidirectional.md, (2).</summary>
internal struct MergeOfRows : ISharedWork
{
    public required BidirectionalMerge Merge;

    public required SequenceRows First;

    public required SequenceRows Second;

    public required SequenceRows Result;

    public readonly void Run(int share, int shares)
    {
        Share rows = Share.Of(Result.Count, share, shares);
        for (int row = rows.First, t = 0; row < rows.End; row++)
        {
            ReadOnlySpan<float> first = First.Values(row), second = Second.Values(First.Steps.Mirror(row, ref t));
            Span<float> result = Result.Values(row);
            switch (Merge)
            {
                case BidirectionalMerge.Concat:
                    first.CopyTo(result);
                    second.CopyTo(result[first.Length..]);
                    break;
                case BidirectionalMerge.Product:
                    TensorPrimitives.Multiply(first, second, result);
                    break;
                default:
                    TensorPrimitives.Add(first, second, result);
                    Scale(Merge, result);
                    break;
            }
        }
    }

    /// <summary>Halves a sum, or a gradient of one, where the merge is a mean.</summary>
    public static void Scale(BidirectionalMerge merge, Span<float> values)
    {
        if (merge == BidirectionalMerge.Mean)
        {
            TensorPrimitives.Multiply(values, 0.5f, values);
        }
    }
}

/// <summary>The way back of <see cref="MergeOfRows"/>: the gradients of both directions, that of the second reversed: ∂(2).</summary>
internal struct SplitOfRows : ISharedWork
{
    public required BidirectionalMerge Merge;

    public required SequenceRows Gradient;

    public required SequenceRows First;

    public required SequenceRows Second;

    public required SequenceRows OfFirst;

    public required SequenceRows OfSecond;

    public readonly void Run(int share, int shares)
    {
        Share rows = Share.Of(Gradient.Count, share, shares);
        for (int row = rows.First, t = 0; row < rows.End; row++)
        {
            int mirror = Gradient.Steps.Mirror(row, ref t);
            ReadOnlySpan<float> gradient = Gradient.Values(row);
            Span<float> ofFirst = OfFirst.Values(row), ofSecond = OfSecond.Values(mirror);
            switch (Merge)
            {
                case BidirectionalMerge.Concat:
                    gradient[..ofFirst.Length].CopyTo(ofFirst);
                    gradient[ofFirst.Length..].CopyTo(ofSecond);
                    break;
                case BidirectionalMerge.Product:
                    TensorPrimitives.Multiply(gradient, Second.Values(mirror), ofFirst);
                    TensorPrimitives.Multiply(gradient, First.Values(row), ofSecond);
                    break;
                default:
                    gradient.CopyTo(ofFirst);
                    MergeOfRows.Scale(Merge, ofFirst);
                    ofFirst.CopyTo(ofSecond);
                    break;
            }
        }
    }
}
