using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>One sequence through the two directions of a layer.</summary>
/// <remarks>The backward direction reads a copy with every row reversed, so that neither the cells nor the unroll know of it.</remarks>
internal sealed unsafe class BidirectionalPass : LayerPass
{
    private readonly BidirectionalLayer _layer;
    private readonly Direction _forward;
    private readonly Direction _backward;
    private readonly WorkDivision _division;
    private readonly AlignedBuffer _reversed = new();
    private readonly AlignedBuffer _outputs = new();
    private readonly AlignedBuffer _forwardGradient = new();
    private readonly AlignedBuffer _backwardGradient = new();
    private readonly AlignedBuffer _inputGradient = new();

    public BidirectionalPass(BidirectionalLayer layer, bool keep)
    {
        _layer = layer;
        _forward = new Direction(layer.ForwardLayers, keep);
        _backward = new Direction(layer.BackwardLayers, keep);
        _division = WorkDivision.Of(layer.Cells[0], keep);
        foreach (RecurrentPass pass in _backward.RecurrentPasses)
        {
            pass.IsReversed = !pass.IsReversed;
        }
    }

    public override IEnumerable<RecurrentPass> RecurrentPasses => _forward.RecurrentPasses.Concat(_backward.RecurrentPasses);

    public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
    {
        Crew crew = run.Machine.Crew;
        _forward.Input = input;
        _backward.Input = RowReversal.Copy(crew, input, _reversed);
        _forward.Start(initial.IsEmpty ? default : initial[.._forward.States]);
        _backward.Start(initial.IsEmpty ? default : initial[_forward.States..]);
        if (RunsAtOnce(run.Machine, input.Steps))
        {
            crew.Run(2, new ForwardOfBoth { Pass = this, Run = Alone(run) });
        }
        else
        {
            _forward.Forward(run);
            _backward.Forward(run);
        }

        SequenceRows outputs = RowsOf(_forward.Output.Steps, _layer.OutputSize, _outputs);
        crew.Run(crew.Size, new MergeOfRows { Merge = _layer.Merge, First = _forward.Output, Second = _backward.Output, Result = outputs });
        return outputs;
    }

    public override void CopyFinalState(ReadOnlySpan<CellState> final)
    {
        _forward.CopyFinalState(final[.._forward.States]);
        _backward.CopyFinalState(final[_forward.States..]);
    }

    /// <summary>The gradient of the input is that of the forward direction plus that of the backward one.</summary>
    public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients)
    {
        Crew crew = run.Machine.Crew;
        StepTable steps = gradients.Output.Steps;
        _forward.Gradient = RowsOf(steps, _forward.Output.Width, _forwardGradient);
        _backward.Gradient = RowsOf(steps, _backward.Output.Width, _backwardGradient);
        crew.Run(crew.Size, new SplitOfRows
        {
            Merge = _layer.Merge,
            Gradient = gradients.Output,
            First = _forward.Output,
            Second = _backward.Output,
            OfFirst = _forward.Gradient,
            OfSecond = _backward.Gradient,
        });
        int states = _forward.States, parameters = _forward.Parameters;
        ReadOnlySpan<CellState> final = gradients.FinalState;
        _forward.StartBackward(
            final.IsEmpty ? final : final[..states], gradients.InitialState[..states], gradients.Parameters[..parameters]);
        _backward.StartBackward(
            final.IsEmpty ? final : final[states..], gradients.InitialState[states..], gradients.Parameters[parameters..]);
        if (RunsAtOnce(run.Machine, input.Steps))
        {
            crew.Run(2, new BackwardOfBoth { Pass = this, Run = Alone(run), WantsInput = gradients.WantsInput });
        }
        else
        {
            _forward.Backward(run, gradients.WantsInput);
            _backward.Backward(run, gradients.WantsInput);
        }

        if (!gradients.WantsInput)
        {
            return default;
        }

        SequenceRows inputGradient = RowsOf(input.Steps, _layer.InputSize, _inputGradient);
        crew.Run(crew.Size, new MergeOfRows
        {
            Merge = BidirectionalMerge.Sum,
            First = _forward.Gradient,
            Second = _backward.Gradient,
            Result = inputGradient,
        });
        return inputGradient;
    }

    private static RunContext Alone(in RunContext run) => run with { Machine = run.Machine with { Crew = Crew.Alone } };

    private static SequenceRows RowsOf(in StepTable steps, int width, AlignedBuffer buffer)
    {
        int stride = Panels.RowStride(width);
        return new SequenceRows { Data = buffer.Reserve((long)steps.Count * stride), Stride = stride, Width = width, Steps = steps };
    }

    /// <summary>Whether each direction has a thread of its own.</summary>
    private bool RunsAtOnce(Machine machine, in StepTable steps) =>
        _division.DirectionsAtOnce(steps.Rows(0), machine.Crew.Size, machine.LeastOperations);

    private struct ForwardOfBoth : ISharedWork
    {
        public required BidirectionalPass Pass;

        public required RunContext Run;

        readonly void ISharedWork.Run(int share, int shares) => (share == 0 ? Pass._forward : Pass._backward).Forward(Run);
    }

    private struct BackwardOfBoth : ISharedWork
    {
        public required BidirectionalPass Pass;

        public required RunContext Run;

        public required bool WantsInput;

        readonly void ISharedWork.Run(int share, int shares) => (share == 0 ? Pass._forward : Pass._backward).Backward(Run, WantsInput);
    }
}
