using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>A run without a way back: a long sequence passes in pieces, so that what the layers hand to each other stays in the cache,
/// and it needs no more memory than a short one.</summary>
/// <param name="model">The model, whom the caller keeps reachable.</param>
internal sealed unsafe class PredictionRun(SequenceModel model) : StackRun(model, keep: false)
{
    /// <summary>How many floats of a layer's output are computed before the next layer takes them.</summary>
    private const int FloatsAtATime = 1 << 18;

    private readonly int _widestRow = model.Layers.Max(layer => Panels.RowStride(layer.WidestRow));
    private readonly AlignedBuffer _input = new();

    /// <summary>Lets pieces of a sequence through all layers that take it step by step, one piece after the other, and what the first
    /// layer behind them made of all pieces through the others.</summary>
    protected override void Forward(
        Machine machine, float* input, in StepTable steps, ReadOnlySpan<CellState> initialState, float* output)
    {
        long mostRows = NeedsWholeSequence ? long.MaxValue : FloatsAtATime / _widestRow;
        SequenceRows rows = default;
        ReadOnlySpan<CellState> stateOfPiece = initialState;
        int start = 0;
        do
        {
            int end = steps.BatchSize == 0 ? steps.Length : steps.EndOfRows(start, steps.Length, mostRows);
            StepTable piece = steps.Slice(start, end - start);
            rows = InputRows(input + ((nint)start * steps.BatchSize * Model.InputSize), piece);
            rows = Stack.Forward(new RunContext(machine, Continues: start > 0), rows, 0, PiecewiseLayers, stateOfPiece);
            stateOfPiece = default;
            if (IsStepwise)
            {
                RowCopy.CopyOut(Crew, rows, output + ((nint)start * rows.BatchSize * rows.Width));
            }

            start = end;
        }
        while (start < steps.Length);

        if (!IsStepwise)
        {
            rows = Stack.Forward(new RunContext(machine), rows, PiecewiseLayers, Stack.Count, initialState);
            RowCopy.CopyOut(Crew, rows, output);
        }
    }

    /// <summary>Users' rows: as they lie where they stand in the order of the steps, else a copy.</summary>
    private SequenceRows InputRows(float* dense, in StepTable steps) =>
        steps.IsSorted
            ? RowCopy.CopyIn(Crew, dense, steps, Model.InputSize, Model.InputStride, _input)
            : new SequenceRows { Data = dense, Stride = Model.InputSize, Width = Model.InputSize, Steps = steps };
}
