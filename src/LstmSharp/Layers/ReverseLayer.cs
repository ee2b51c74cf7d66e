using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Turns time round: every row leaves from its own last step to its first.</summary>
/// <remarks>y_t = x_(L−1−t) for a row of length L. Two of them around a layer make it read backward (Keras: <c>go_backwards</c> leaves out the
/// second one).</remarks>
public sealed class ReverseLayer : Layer
{
    internal ReverseLayer(int inputSize)
        : base(inputSize, inputSize, new ParameterSet())
    {
    }

    /// <inheritdoc/>
    public override string ToString() => $"Reverse({InputSize})";

    internal override bool LooksAhead => true;

    internal override long FloatsKept => 2L * Panels.RowStride(InputSize);

    internal override LayerPass CreatePass(bool keep) => new ReversePass();

    private sealed class ReversePass : LayerPass
    {
        private readonly AlignedBuffer _outputs = new();
        private readonly AlignedBuffer _inputGradient = new();

        public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial) =>
            RowReversal.Copy(run.Machine.Crew, input, _outputs);

        public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients) =>
            gradients.WantsInput ? RowReversal.Copy(run.Machine.Crew, gradients.Output, _inputGradient) : default;
    }
}
