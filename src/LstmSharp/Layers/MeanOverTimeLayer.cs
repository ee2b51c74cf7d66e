using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Makes one step of all: the mean over each row's own steps, [T, B, F] becomes [1, B, F]. Of an empty sequence nothing is left; a
/// row of length 0 beside longer ones gives zeros.</summary>
/// <remarks>y = (Σ x_t) / L, summed in the order of time; dx_t = dy / L.</remarks>
public sealed class MeanOverTimeLayer : Layer
{
    internal MeanOverTimeLayer(int inputSize)
        : base(inputSize, inputSize, new ParameterSet())
    {
    }

    /// <inheritdoc/>
    public override int OutputLength(int sequenceLength) => Math.Min(sequenceLength, 1);

    /// <inheritdoc/>
    public override string ToString() => $"MeanOverTime({InputSize})";

    internal override bool IsStepwise => false;

    internal override long FloatsKept => Panels.RowStride(InputSize);

    internal override LayerPass CreatePass(bool keep) => new MeanPass();

    private sealed unsafe class MeanPass : OverTimePass
    {
        private readonly AlignedBuffer _means = new();

        protected override void Begin(in StepTable steps, in SequenceRows gathered) =>
            new Span<float>(gathered.Data, steps.BatchSize * gathered.Stride).Clear();

        protected override void Gather(int step, int row, ReadOnlySpan<float> values, Span<float> gathered) =>
            TensorPrimitives.Add(gathered, values, gathered);

        protected override SequenceRows Result(in StepTable steps, in SequenceRows gathered)
        {
            SequenceRows means = gathered with { Data = _means.Reserve((long)steps.BatchSize * gathered.Stride) };
            for (int row = 0; row < steps.BatchSize; row++)
            {
                TensorPrimitives.Divide(gathered.Values(row), Math.Max(1, steps.WholeLengthOf(row)), means.Values(row));
            }

            return means;
        }

        protected override void Spread(
            in StepTable steps, int t, int row, ReadOnlySpan<float> outputGradient, Span<float> inputGradient) =>
            TensorPrimitives.Divide(outputGradient, steps.WholeLengthOf(row), inputGradient);
    }
}
