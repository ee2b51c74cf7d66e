using System.Numerics.Tensors;
using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>One sequence through layers and round them.</summary>
/// <param name="layers">The layers.</param>
/// <param name="keep">Whether the way back will follow.</param>
internal sealed unsafe class ResidualPass(IReadOnlyList<Layer> layers, bool keep) : LayerPass
{
    private readonly LayerStack _stack = new(layers, keep);
    private readonly AlignedBuffer _outputs = new();
    private readonly AlignedBuffer _inputGradient = new();

    public override IEnumerable<RecurrentPass> RecurrentPasses => _stack.RecurrentPasses;

    public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
    {
        SequenceRows outputs = RowsLike(run, input, _outputs);
        Add(run.Machine.Crew, input, _stack.Forward(run, input, initial), outputs);
        return outputs;
    }

    public override void CopyFinalState(ReadOnlySpan<CellState> final) => _stack.CopyFinalState(final);

    /// <summary>The layers may write over the gradient of their output, so what goes round them is copied first.</summary>
    public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients)
    {
        if (!gradients.WantsInput)
        {
            return _stack.Backward(run, input, gradients);
        }

        Crew crew = run.Machine.Crew;
        SequenceRows inputGradient = RowsLike(run, input, _inputGradient);
        crew.Run(crew.Size, new CopyOfRows { Source = gradients.Output, Destination = inputGradient });
        Add(crew, inputGradient, _stack.Backward(run, input, gradients), inputGradient);
        return inputGradient;
    }

    private static SequenceRows RowsLike(in RunContext run, in SequenceRows rows, AlignedBuffer buffer)
    {
        int stride = Panels.RowStride(rows.Width);
        return rows with { Data = buffer.Reserve(run.RoomFor(rows.Count) * stride), Stride = stride };
    }

    private static void Add(Crew crew, in SequenceRows first, in SequenceRows second, in SequenceRows sum) =>
        crew.Run(crew.Size, new SumOfRows { First = first, Second = second, Sum = sum });

    private struct SumOfRows : ISharedWork
    {
        public required SequenceRows First;

        public required SequenceRows Second;

        public required SequenceRows Sum;

        public readonly void Run(int share, int shares)
        {
            Share rows = Share.Of(Sum.Count, share, shares);
            for (int row = rows.First; row < rows.End; row++)
            {
                TensorPrimitives.Add(First.Values(row), Second.Values(row), Sum.Values(row));
            }
        }
    }

    private struct CopyOfRows : ISharedWork
    {
        public required SequenceRows Source;

        public required SequenceRows Destination;

        public readonly void Run(int share, int shares)
        {
            Share rows = Share.Of(Source.Count, share, shares);
            for (int row = rows.First; row < rows.End; row++)
            {
                Source.Values(row).CopyTo(Destination.Values(row));
            }
        }
    }
}
