using LstmSharp.Kernels;

namespace LstmSharp;

/// <content>What a pass with a way back keeps of its last run forward, for all rows of all steps, to look at.</content>
internal sealed unsafe partial class RecurrentPass
{
    /// <summary>The layer that is unrolled.</summary>
    public RecurrentLayer Layer { get; }

    /// <summary>Which rows lived at which step.</summary>
    public StepTable Steps => _steps;

    /// <summary>Whether the rows came in reversed, so that step 0 here is each row's own last one.</summary>
    public bool IsReversed { get; set; }

    public override IEnumerable<RecurrentPass> RecurrentPasses => [this];

    /// <summary>h as the cell gave it, before zoneout.</summary>
    public SequenceRows HiddenOfCell
    {
        get
        {
            SequenceRows hidden = StateAfterSteps(0);
            float* ofCell = _isMasked ? _masks!.HiddenOfCell : null;
            return ofCell == null ? hidden : hidden with { Data = ofCell };
        }
    }

    /// <summary>A part of the state after each step.</summary>
    public SequenceRows StateAfterSteps(int part) =>
        RowsOf(_states[part].After(_steps, 0), _states[part].Stride, _cell.StateParts[part].Size);

    /// <summary>The activations of a gate: one of the cell's <see cref="RecurrentCell.GateDescriptions"/>.</summary>
    public SequenceRows ActivationsOf(int gate) =>
        RowsOf(_activations.Pointer + ((nint)gate * Panels.RowStride(_cell.HiddenSize)), _activationsStride, _cell.HiddenSize);

    private SequenceRows RowsOf(float* data, int stride, int width) => new() { Data = data, Stride = stride, Width = width, Steps = _steps };
}
