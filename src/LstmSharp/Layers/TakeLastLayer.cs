using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Lets only the last time step through: [T, B, F] becomes [1, B, F]. Of an empty sequence nothing is left.</summary>
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

    internal override LayerPass CreatePass(bool keep) => new TakeLastPass();

    private sealed unsafe class TakeLastPass : LayerPass
    {
        private readonly AlignedBuffer _inputGradient = new();

        public override SequenceRows Forward(Machine machine, in SequenceRows input, CellState? initial) =>
            input with
            {
                Data = input.Step(Math.Max(0, input.SequenceLength - 1)),
                SequenceLength = Math.Min(input.SequenceLength, 1),
            };

        public override SequenceRows Backward(Machine machine, in SequenceRows input, in LayerGradients gradients)
        {
            if (!gradients.WantsInput)
            {
                return default;
            }

            long size = (long)input.Count * gradients.Output.Stride;
            long last = (long)gradients.Output.Count * gradients.Output.Stride;
            float* inputGradient = _inputGradient.Reserve(size);
            new Span<float>(inputGradient, (int)(size - last)).Clear();
            new ReadOnlySpan<float>(gradients.Output.Data, (int)last).CopyTo(new Span<float>(inputGradient + size - last, (int)last));
            return input with { Data = inputGradient, Stride = gradients.Output.Stride };
        }
    }
}
