using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>Unrolls any cell over time, forward and backward: the one place where time runs.</summary>
/// <remarks>Kept per time step and row of the batch: h; for a way back, too, the other parts of the state and what the cell keeps of its
/// activations; each padded to <see cref="Panels.RowStride"/>. On the way back, the gradients of the sums are kept of one chunk of
/// steps, until their weights' gradients are added. How the work is divided is <see cref="WorkDivision"/>'s to say.</remarks>
internal sealed unsafe partial class RecurrentPass : LayerPass
{
    private readonly RecurrentCell _cell;
    private readonly bool _keep;
    private readonly WorkDivision _division;
    private readonly int _gatesStride;
    private readonly int _activationsStride;
    private readonly StateRows[] _states;
    private readonly StateRows _hidden;

    /// <summary>The second part of the state, where there is one.</summary>
    private readonly StateRows? _memory;
    private readonly AlignedBuffer _activations = new();
    private readonly AlignedBuffer _inputSums = new();
    private readonly AlignedBuffer _inputGradient = new();
    private readonly AlignedBuffer _sums = new();
    private readonly AlignedBuffer _sumGradients = new();
    private readonly AlignedBuffer _zeros = new();
    private readonly AlignedBuffer _hiddensBefore = new();
    private readonly WeightGradients _weightGradients = new();
    private readonly StateMasks? _masks;
    private StepTable _steps;
    private int _runs;

    /// <summary>Whether masks take part in the runs to come.</summary>
    private bool _isMasked;

    public RecurrentPass(RecurrentLayer layer, bool keep)
    {
        RecurrentCell cell = layer.Cell;
        _masks = layer.Regularization.IsNone ? null : new StateMasks(layer.Regularization, layer.Path, cell, keep);
        Layer = layer;
        _cell = cell;
        _keep = keep;
        _gatesStride = cell.Weights.GatesStride;
        _activationsStride = cell.ActivationsStride;
        _division = WorkDivision.Of(cell, keep);
        _states = new StateRows[cell.StateParts.Length];
        for (int n = 0; n < _states.Length; n++)
        {
            _states[n] = new StateRows(cell.StateParts[n].Size, keepsSteps: keep || n == 0);
        }

        _hidden = _states[0];
        _memory = _states.Length > 1 ? _states[1] : null;
    }

    private bool KeepsActivations => _keep && _activationsStride > 0;

    /// <summary>How many floats a training pass keeps for each time step and row, and gives back as the input's gradient.</summary>
    public static long FloatsKept(RecurrentLayer layer)
    {
        RecurrentCell cell = layer.Cell;
        long floats = cell.ActivationsStride + Panels.RowStride(cell.InputSize) + StateMasks.FloatsKept(layer.Regularization, cell);
        foreach (StatePartShape part in cell.StateParts)
        {
            floats += Panels.RowStride(part.Size);
        }

        return floats;
    }

    public override void CopyFinalState(ReadOnlySpan<CellState> final)
    {
        for (int n = 0; n < _states.Length; n++)
        {
            _states[n].CopyFinal(_steps, final[0].ValuesOf(n));
        }
    }

    /// <summary>Some rows of a step.</summary>
    /// <param name="input">The whole sequence.</param>
    /// <param name="t">The time step.</param>
    /// <param name="firstRow">The first of the rows.</param>
    /// <param name="rows">How many.</param>
    private StepRows StepAt(in SequenceRows input, int t, int firstRow, int rows)
    {
        nint hidden = (nint)firstRow * _hidden.Stride, memory = (nint)firstRow * (_memory?.Stride ?? 0);
        var step = new StepRows
        {
            Rows = rows,
            Input = input.Step(t) + ((nint)firstRow * input.Stride),
            InputStride = input.Stride,
            RecurrentInput = _hidden.Before(input.Steps, t) + hidden,
            PreviousHidden = _hidden.Before(input.Steps, t) + hidden,
            Hidden = _hidden.After(input.Steps, t) + hidden,
            PreviousCell = _memory is null ? null : _memory.Before(input.Steps, t) + memory,
            Cell = _memory is null ? null : _memory.After(input.Steps, t) + memory,
            Activations = KeepsActivations ? ActivationsAt(input.Steps.First(t) + firstRow)
                : _cell.NeedsActivations ? ActivationsAt(firstRow)
                : null,
        };
        if (_isMasked)
        {
            _masks!.Redirect(ref step, input.Steps, t, firstRow);
        }

        return step;
    }

    /// <summary>What the cell keeps of a row: of all steps' where they are kept, else of one step's.</summary>
    private float* ActivationsAt(int row) => _activations.Pointer + ((nint)row * _activationsStride);

    private int RowBlocks(Machine machine, int rows) => _division.RowBlocks(rows, machine.Crew.Size, machine.LeastOperations);

    private int UnitShares(Machine machine, int rows, Panels panels) =>
        _division.UnitShares(rows, machine.Crew.Size, machine.LeastOperations, panels.Count);

    /// <summary>A share of a step's units. Every other step takes its panels from the last to the first, and sequences of one step
    /// alternate, too: the weights that were read last are still in the cache when the next step begins with them.</summary>
    private Panels ShareOfUnits(Panels panels, int t, int share, int shares) =>
        panels.Share(share, shares) with { LastFirst = IsLastFirst(t) };

    private bool IsLastFirst(int t) => ((t + _runs) & 1) != 0;

    /// <summary>Where a block of rows, or a share of the units, has its sums until the cell's equations take them.</summary>
    private PanelRows SumsOf(SimdWidth width, int firstRow) =>
        Panels.OneAtATime(width, _sums.Pointer + ((nint)firstRow * Panels.Vectors * width.Lanes()));

    private void ReserveSums(SimdWidth width, int rows, int blocks, Crew crew) =>
        _sums.Reserve((long)rows * (blocks > 0 ? 1 : _division.MostShares(crew.MostThreads)) * Panels.Vectors * width.Lanes());

    /// <summary>A block of living rows, one of several with nearly equally many steps between two.</summary>
    private static Share BlockOf(in StepTable steps, int start, int end, int share, int shares)
    {
        int rows = steps.Rows(start);
        if (!steps.IsRagged)
        {
            return Share.Of(rows, share, shares);
        }

        long total = steps.First(end) - steps.First(start), seen = 0;
        int first = rows, row = 0;
        for (; row < rows && seen < total * (share + 1) / shares; row++)
        {
            first = seen >= total * share / shares ? Math.Min(first, row) : first;
            seen += Math.Min(steps.LengthOf(row), end) - start;
        }

        return new Share(Math.Min(first, row), row - Math.Min(first, row));
    }
}
