using System.Numerics.Tensors;
using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>One sequence through an embedding: copies rows of the weights out, and adds rows of gradients in.</summary>
/// <remarks>Tokens enter as rows of one value, each with the bits of a token's number. They were checked; a caller who changes them
/// meanwhile gets the last token's row, but nothing beyond the weights is touched.</remarks>
internal sealed unsafe class EmbeddingPass(EmbeddingLayer layer, bool keep) : LayerPass
{
    /// <summary>Threads share the columns of a gradient by at least so many: a cache line.</summary>
    private const int LeastColumnsOfShare = 16;

    private readonly int _stride = Panels.RowStride(layer.OutputSize);
    private readonly AlignedBuffer _outputs = new();
    private readonly EmbeddingSums? _sums = keep && layer.IsShared ? new EmbeddingSums(layer) : null;

    public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
    {
        SequenceRows outputs = input with
        {
            Data = _outputs.Reserve(run.RoomFor(input.Count) * _stride),
            Stride = _stride,
            Width = layer.OutputSize,
        };
        fixed (float* weights = layer.Weights.Values)
        {
            run.Machine.Crew.Run(
                run.Machine.Crew.Size, new ForwardOfRows { Layer = layer, Weights = weights, Input = input, Output = outputs });
        }

        return outputs;
    }

    /// <summary>dW[x_r] += dy_r over all rows r: the last chunk of rows first, ascending in each, as for every layer's weights
    /// (<see cref="RunContext.RowsOfChunk"/>). There is no gradient of the input. Where another layer has the same weights, these sums
    /// begin with 0, and are added to what that layer left at the end of the way back.</summary>
    public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients)
    {
        var work = new BackwardOfColumns
        {
            Layer = layer,
            RowsOfChunk = run.RowsOfChunk,
            Input = input,
            Gradient = gradients.Output,
        };
        int shares = Math.Clamp(layer.OutputSize / LeastColumnsOfShare, 1, run.Machine.Crew.Size);
        if (_sums is not null)
        {
            run.Machine.Crew.Run(shares, work with { WeightGradient = _sums.Begin(input) });
            if (input.Steps.Start == 0)
            {
                _sums.AddTo(gradients.Parameters[0]);
            }

            return default;
        }

        gradients.Parameters[0].Edit((run.Machine.Crew, Shares: shares, Work: work), static (values, all) =>
        {
            fixed (float* weightGradient = values)
            {
                all.Crew.Run(all.Shares, all.Work with { WeightGradient = weightGradient });
            }
        });
        return default;
    }

    /// <summary>The token of a row.</summary>
    public static int TokenOf(EmbeddingLayer layer, in SequenceRows input, int row) =>
        (int)Math.Min(*(uint*)input.Row(row), (uint)layer.VocabularySize - 1);

    private struct ForwardOfRows : ISharedWork
    {
        public required EmbeddingLayer Layer;

        public required float* Weights;

        public required SequenceRows Input;

        public required SequenceRows Output;

        public readonly void Run(int share, int shares)
        {
            int width = Output.Width;
            Share rows = Share.Of(Input.Count, share, shares);
            for (int row = rows.First; row < rows.End; row++)
            {
                Span<float> output = new(Output.Row(row), Output.Stride);
                int token = TokenOf(Layer, Input, row);
                if (token == Layer.PaddingToken)
                {
                    output.Clear();
                }
                else
                {
                    new ReadOnlySpan<float>(Weights + ((nint)token * width), width).CopyTo(output);
                    output[width..].Clear();
                }
            }
        }
    }

    private struct BackwardOfColumns : ISharedWork
    {
        public required EmbeddingLayer Layer;

        public required long RowsOfChunk;

        public required SequenceRows Input;

        /// <summary>The gradient of the outputs.</summary>
        public required SequenceRows Gradient;

        /// <summary>Added to.</summary>
        public float* WeightGradient;

        public readonly void Run(int share, int shares)
        {
            Share columns = Share.Of(Layer.OutputSize, share, shares);
            StepTable steps = Input.Steps;
            for (int end = steps.LiveLength, start; end > 0; end = start)
            {
                start = steps.StartOfRows(end, RowsOfChunk);
                for (int row = steps.First(start); row < steps.First(end); row++)
                {
                    AddRow(row, columns);
                }
            }
        }

        private readonly void AddRow(int row, Share columns)
        {
            int token = TokenOf(Layer, Input, row);
            if (token != Layer.PaddingToken)
            {
                Span<float> sum = new(WeightGradient + ((nint)token * Layer.OutputSize) + columns.First, columns.Count);
                TensorPrimitives.Add(sum, new ReadOnlySpan<float>(Gradient.Row(row) + columns.First, columns.Count), sum);
            }
        }
    }
}
