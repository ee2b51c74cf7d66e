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

    internal override LayerPass CreatePass() => new TakeLastPass();

    private sealed unsafe class TakeLastPass : LayerPass
    {
        private readonly AlignedBuffer _inputGradient = new();

        public override SequenceRows Forward(
            SimdWidth width, in SequenceRows input, CellState? initial, CellState? final, bool keep) => new()
            {
                Data = input.Step(Math.Max(0, input.SequenceLength - 1)),
                Stride = input.Stride,
                SequenceLength = Math.Min(input.SequenceLength, 1),
                BatchSize = input.BatchSize,
                Width = input.Width,
            };

        public override SequenceRows Backward(
            SimdWidth width,
            in SequenceRows input,
            in SequenceRows outputGradient,
            CellState? finalGradient,
            CellState? initialGradient,
            ReadOnlySpan<Parameter> gradients,
            bool wantInputGradient)
        {
            if (!wantInputGradient)
            {
                return default;
            }

            long size = (long)input.Count * outputGradient.Stride;
            long last = (long)outputGradient.Count * outputGradient.Stride;
            float* inputGradient = _inputGradient.Reserve(size);
            new Span<float>(inputGradient, (int)(size - last)).Clear();
            new ReadOnlySpan<float>(outputGradient.Data, (int)last).CopyTo(new Span<float>(inputGradient + size - last, (int)last));
            return new SequenceRows
            {
                Data = inputGradient,
                Stride = outputGradient.Stride,
                SequenceLength = input.SequenceLength,
                BatchSize = input.BatchSize,
                Width = input.Width,
            };
        }
    }
}
