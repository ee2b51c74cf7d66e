using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Lets only each row's last time step through: [T, B, F] becomes [1, B, F]. Of an empty sequence nothing is left; a row of
/// length 0 beside longer ones gives zeros.</summary>
public sealed class TakeLastLayer : Layer
{
    internal TakeLastLayer(int inputSize)
        : base(inputSize, inputSize, new ParameterSet())
    {
    }

    /// <inheritdoc/>
    public override int OutputLength(int sequenceLength) => Math.Min(sequenceLength, 1);

    /// <inheritdoc/>
    public override string ToString() => $"TakeLast({InputSize})";

    internal override bool IsStepwise => false;

    internal override bool StepsDirectly => true;

    internal override long FloatsKept => Panels.RowStride(InputSize);

    internal override LayerPass CreatePass(bool keep) => new TakeLastPass();

    private sealed unsafe class TakeLastPass : LayerPass
    {
        private readonly AlignedBuffer _last = new();
        private readonly AlignedBuffer _inputGradient = new();

        public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
        {
            StepTable steps = input.Steps;
            return input with
            {
                Data = steps.IsRagged ? CopyLast(input, run.Continues) : input.Step(Math.Max(0, steps.Length - 1)),
                Steps = steps.OneStep(),
            };
        }

        public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients)
        {
            if (!gradients.WantsInput)
            {
                return default;
            }

            StepTable steps = input.Steps;
            int stride = gradients.Output.Stride;
            long size = (long)input.Count * stride;
            SequenceRows inputGradient = input with { Data = _inputGradient.Reserve(run.RoomFor(input.Count) * stride), Stride = stride };
            new Span<float>(inputGradient.Data, checked((int)size)).Clear();
            for (int row = 0; row < steps.BatchSize; row++)
            {
                if (steps.EndsHere(row))
                {
                    float* last = inputGradient.Row(steps.First(steps.LengthOf(row) - 1) + row);
                    new ReadOnlySpan<float>(gradients.Output.Row(row), stride).CopyTo(new Span<float>(last, stride));
                }
            }

            return inputGradient;
        }

        /// <summary>Takes over the last step of the rows that have one here; of a sequence that comes in pieces, the rows after the last
        /// piece are the result.</summary>
        private float* CopyLast(in SequenceRows input, bool continues)
        {
            StepTable steps = input.Steps;
            int size = checked(steps.BatchSize * input.Stride);
            float* rows = _last.Reserve(size);
            if (!continues)
            {
                new Span<float>(rows, size).Clear();
            }

            for (int row = 0; row < steps.BatchSize && steps.LengthOf(row) > 0; row++)
            {
                float* last = input.Row(steps.First(steps.LengthOf(row) - 1) + row);
                new ReadOnlySpan<float>(last, input.Stride).CopyTo(new Span<float>(rows + ((nint)row * input.Stride), input.Stride));
            }

            return rows;
        }
    }
}
