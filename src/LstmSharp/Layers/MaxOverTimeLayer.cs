using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Makes one step of all: each unit's largest value among each row's own steps, [T, B, F] becomes [1, B, F]. Of an empty sequence
/// nothing is left; a row of length 0 beside longer ones gives zeros.</summary>
/// <remarks>The gradient goes to the step of the largest value, the first one where several have it. A NaN comes out as NaN.</remarks>
public sealed class MaxOverTimeLayer : Layer
{
    internal MaxOverTimeLayer(int inputSize)
        : base(inputSize, inputSize, new ParameterSet())
    {
    }

    /// <inheritdoc/>
    public override int OutputLength(int sequenceLength) => Math.Min(sequenceLength, 1);

    /// <inheritdoc/>
    public override string ToString() => $"MaxOverTime({InputSize})";

    internal override bool IsStepwise => false;

    internal override long FloatsKept => Panels.RowStride(InputSize);

    internal override LayerPass CreatePass(bool keep) => new MaxPass();

    private sealed unsafe class MaxPass : OverTimePass
    {
        /// <summary>The step of each unit's largest value, row after row.</summary>
        private int[] _stepsOfLargest = [];

        protected override void Begin(in StepTable steps, in SequenceRows gathered)
        {
            int count = steps.BatchSize * gathered.Width;
            if (_stepsOfLargest.Length < count)
            {
                _stepsOfLargest = new int[count];
            }

            _stepsOfLargest.AsSpan(0, count).Clear();
            for (int row = 0; row < steps.BatchSize; row++)
            {
                gathered.Values(row).Fill(steps.WholeLengthOf(row) == 0 ? 0 : float.NegativeInfinity);
            }
        }

        protected override void Gather(int step, int row, ReadOnlySpan<float> values, Span<float> gathered)
        {
            Span<int> stepsOfLargest = _stepsOfLargest.AsSpan(row * values.Length, values.Length);
            for (int unit = 0; unit < values.Length; unit++)
            {
                if (!(values[unit] <= gathered[unit]) && !float.IsNaN(gathered[unit]))
                {
                    (gathered[unit], stepsOfLargest[unit]) = (values[unit], step);
                }
            }
        }

        protected override SequenceRows Result(in StepTable steps, in SequenceRows gathered) => gathered;

        protected override void Spread(
            in StepTable steps, int t, int row, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
        {
            ReadOnlySpan<int> stepsOfLargest = _stepsOfLargest.AsSpan(row * outputGradient.Length, outputGradient.Length);
            for (int unit = 0; unit < inputGradient.Length; unit++)
            {
                inputGradient[unit] = stepsOfLargest[unit] == steps.Start + t ? outputGradient[unit] : 0;
            }
        }
    }
}
