using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Makes one vector of a whole window: [T, B, F] becomes [1, B, T × F], time step after time step.</summary>
/// <remarks>With dense layers behind it, the plain feed-forward network that stands beside a recurrent one: it sees every step at
/// once, and only windows of one length.</remarks>
public sealed class FlattenLayer : Layer
{
    internal FlattenLayer(int inputSize, int sequenceLength)
        : base(inputSize, inputSize * sequenceLength, new ParameterSet()) => SequenceLength = sequenceLength;

    /// <summary>The only sequence length T that the layer takes (besides an empty sequence).</summary>
    public int SequenceLength { get; }

    /// <inheritdoc/>
    public override int OutputLength(int sequenceLength) => Math.Min(sequenceLength, 1);

    /// <inheritdoc/>
    public override string ToString() => $"Flatten({SequenceLength} × {InputSize} => {OutputSize})";

    internal override bool IsStepwise => false;

    internal override bool StepsDirectly => true;

    internal override long FloatsKept => 2 * Panels.RowStride(InputSize);

    internal override bool TakesOneLength => true;

    internal override void CheckLength(int sequenceLength)
    {
        if (sequenceLength != SequenceLength && sequenceLength != 0)
        {
            throw new ArgumentException(
                $"{this}: the sequence must have {SequenceLength} time steps, but has {sequenceLength}.", nameof(sequenceLength));
        }
    }

    internal override LayerPass CreatePass(bool keep) => new FlattenPass();

    private sealed unsafe class FlattenPass : LayerPass
    {
        private readonly AlignedBuffer _outputs = new();
        private readonly AlignedBuffer _inputGradient = new();

        public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
        {
            int vector = checked(input.SequenceLength * input.Width);
            int stride = Panels.RowStride(vector);
            float* outputs = _outputs.Reserve((long)input.BatchSize * stride);
            for (int t = 0; t < input.SequenceLength; t++)
            {
                CopyRows(input.Step(t), input.Stride, outputs + ((nint)t * input.Width), stride, input.BatchSize, input.Width);
            }

            return new SequenceRows { Data = outputs, Stride = stride, Width = vector, Steps = input.Steps.OneStep() };
        }

        public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients)
        {
            if (!gradients.WantsInput)
            {
                return default;
            }

            int stride = Panels.RowStride(input.Width);
            SequenceRows inputGradient = input with { Data = _inputGradient.Reserve((long)input.Count * stride), Stride = stride };
            for (int t = 0; t < input.SequenceLength; t++)
            {
                float* from = gradients.Output.Data + ((nint)t * input.Width);
                CopyRows(from, gradients.Output.Stride, inputGradient.Step(t), inputGradient.Stride, input.BatchSize, input.Width);
            }

            return inputGradient;
        }

        private static void CopyRows(float* from, nint fromStride, float* to, nint toStride, int rows, int width)
        {
            for (int row = 0; row < rows; row++)
            {
                new ReadOnlySpan<float>(from + (row * fromStride), width).CopyTo(new Span<float>(to + (row * toStride), width));
            }
        }
    }
}
