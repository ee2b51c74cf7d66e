using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>One sequence through a layer that makes one step of all real steps of each row. A sequence that comes in pieces is gathered
/// piece by piece: the rows after the last one are the result.</summary>
internal abstract unsafe class OverTimePass : LayerPass
{
    private readonly AlignedBuffer _gathered = new();
    private readonly AlignedBuffer _inputGradient = new();

    public sealed override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
    {
        StepTable steps = input.Steps;
        int stride = Panels.RowStride(input.Width);
        SequenceRows gathered = new() { Stride = stride, Width = input.Width, Steps = steps.OneStep() };
        gathered.Data = _gathered.Reserve((long)steps.BatchSize * stride);
        if (run.Recomputes)
        {
            return Result(steps, gathered);
        }

        if (!run.Continues)
        {
            Begin(steps, gathered);
        }

        for (int t = 0; t < steps.LiveLength; t++)
        {
            for (int row = 0; row < steps.Rows(t); row++)
            {
                Gather(steps.Start + t, row, input.Values(steps.First(t) + row), gathered.Values(row));
            }
        }

        return Result(steps, gathered);
    }

    public sealed override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients)
    {
        if (!gradients.WantsInput)
        {
            return default;
        }

        StepTable steps = input.Steps;
        int stride = Panels.RowStride(input.Width);
        SequenceRows inputGradient = input with { Data = _inputGradient.Reserve(run.RoomFor(input.Count) * stride), Stride = stride };
        for (int t = 0; t < steps.LiveLength; t++)
        {
            for (int row = 0; row < steps.Rows(t); row++)
            {
                Span<float> gradient = inputGradient.Values(steps.First(t) + row);
                Spread(steps, t, row, gradients.Output.Values(row), gradient);
            }
        }

        return inputGradient;
    }

    /// <summary>Makes ready for the first step.</summary>
    protected abstract void Begin(in StepTable steps, in SequenceRows gathered);

    /// <summary>Adds one step of a row.</summary>
    /// <param name="step">The step, counted from the whole sequence's start.</param>
    /// <param name="row">The row.</param>
    /// <param name="values">The step's values.</param>
    /// <param name="gathered">What is known of the row's steps before.</param>
    protected abstract void Gather(int step, int row, ReadOnlySpan<float> values, Span<float> gathered);

    /// <summary>What all steps so far come to.</summary>
    protected abstract SequenceRows Result(in StepTable steps, in SequenceRows gathered);

    /// <summary>The gradient of one step of a row.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="t">The step among them.</param>
    /// <param name="row">The row.</param>
    /// <param name="outputGradient">The gradient of the row's result.</param>
    /// <param name="inputGradient">Receives the gradient of the step.</param>
    protected abstract void Spread(in StepTable steps, int t, int row, ReadOnlySpan<float> outputGradient, Span<float> inputGradient);
}
