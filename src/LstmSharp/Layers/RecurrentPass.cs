using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>Unrolls any cell over time, forward and backward: the one place where time runs.</summary>
/// <remarks><para>Kept per time step and row of the batch: h; for a way back, too, c and the gates' activations; each padded to
/// <see cref="Panels.RowStride"/>. On the way back, the gradients of the sums are kept of one chunk of
/// steps, until their weights' gradients are added.</para>
/// <para>Rows of a batch are independent through all of time: each block of them goes through all steps by itself, on whatever thread.
/// Of a batch with few rows the units are divided instead, step by step; there the input's part of the sums is computed for many steps
/// at once, because reading the weights is what takes the time. Units are divided, too, where a step of a prediction is long: nobody
/// then waits longer than for a small piece of a step when some processor is slow.</para></remarks>
internal sealed unsafe partial class RecurrentPass(RecurrentCell cell, bool keep) : LayerPass
{
    /// <summary>The least rows of a block: with fewer, reading all weights takes longer than computing with them.</summary>
    private const int LeastRowsOfABlock = 8;

    /// <summary>The least rows of a block of many, where the weights stay in the second-level cache.</summary>
    private const int LeastRowsWithCachedWeights = 4;

    /// <summary>How many floats of weights stay in the second-level cache.</summary>
    private const int CachedWeights = 1 << 17;

    /// <summary>The most rows of a block: what a step reads and writes stays in the second-level cache.</summary>
    private const int MostRowsOfABlock = 64;

    /// <summary>How many floats of gates get their input's part in one product, so that they are still in the second-level cache
    /// when their time step comes.</summary>
    private const int GatesAtATime = 1 << 16;

    /// <summary>The most input values that one row's step multiplies itself: the time that its chains wait for their own results is
    /// enough for them. The sums of more are computed for many steps at once.</summary>
    private const int MostInputsInStep = 4;

    private RecurrentCell Cell => cell;

    private bool KeepsActivations => keep && cell.HasMemoryCell;

    private long WeightCount => (long)cell.GateCount * cell.HiddenSize * (cell.InputSize + cell.HiddenSize);

    private float* ActivationsAt(in StepTable steps, int t, int firstRow) =>
        _activations.Pointer + (((nint)steps.First(t) + firstRow) * _gatesStride);

    /// <summary>Where a buffer of states has those of the rows before a step: the initial states of all rows, then step after
    /// step.</summary>
    private nint BeforeStep(in StepTable steps, int t) => (t == 0 ? 0 : (nint)steps.BatchSize + steps.First(t - 1)) * _stride;

    /// <summary>Where a buffer of states has those of the rows after a step.</summary>
    private nint AfterStep(in StepTable steps, int t) => ((nint)steps.BatchSize + steps.First(t)) * _stride;

    /// <summary>Into how many shares for each thread a long step is divided.</summary>
    private const int SharesOfLongStep = 4;

    private readonly int _stride = Panels.RowStride(cell.HiddenSize);
    private readonly int _gatesStride = cell.Weights.GatesStride;
    private readonly AlignedBuffer _activations = new();
    private readonly AlignedBuffer _inputSums = new();
    private readonly AlignedBuffer _cells = new();
    private readonly AlignedBuffer _hiddens = new();
    private readonly AlignedBuffer _hiddenGradient = new();
    private readonly AlignedBuffer _cellGradient = new();
    private readonly AlignedBuffer _inputGradient = new();
    private readonly AlignedBuffer _sums = new();
    private readonly AlignedBuffer _sumGradients = new();
    private readonly AlignedBuffer _zeros = new();
    private readonly AlignedBuffer _finalHiddens = new();
    private readonly AlignedBuffer _finalCells = new();
    private readonly AlignedBuffer _hiddensBefore = new();
    private readonly WeightGradients _weightGradients = new();
    private StepTable _steps;

    /// <summary>The states after each row's own last step of the last run forward; what a run that continues starts from.</summary>
    private float* _finalHidden;
    private float* _finalCell;

    private int _runs;

    /// <summary>How many floats a training pass keeps for each time step and row, and gives back as the input's gradient.</summary>
    public static long FloatsKept(RecurrentCell cell) =>
        (Panels.RowStride(cell.HiddenSize) * (cell.HasMemoryCell ? 2L : 1))
        + (cell.HasMemoryCell ? cell.Weights.GatesStride : 0)
        + Panels.RowStride(cell.InputSize);

    /// <summary>How a batch is divided.</summary>
    /// <returns>The number of blocks of rows; 0 where the units of each step are divided.</returns>
    private int RowBlocks(Machine machine, int rows)
    {
        int size = machine.Crew.Size;
        bool weightsStayCached = WeightCount <= CachedWeights;
        int blocks = Math.Clamp(rows / (weightsStayCached ? LeastRowsWithCachedWeights : LeastRowsOfABlock), 1, size);
        double savedByUnits = StepOperations(rows) * ((1.0 / blocks) - (1.0 / size));
        if (rows < LeastRowsOfABlock || savedByUnits > size * OperationsOfMeetingOneMore(machine))
        {
            return 0;
        }

        blocks = Math.Max(blocks, (rows + MostRowsOfABlock - 1) / MostRowsOfABlock);
        return blocks < size * SharesOfLongStep && IsLongStep(machine, rows) ? 0 : blocks;
    }

    /// <summary>Into how many shares the units of a step are divided, of as many as there are panels of them.</summary>
    private int UnitShares(Machine machine, int rows, Panels panels)
    {
        double shares = IsLongStep(machine, rows)
            ? machine.Crew.Size * SharesOfLongStep
            : Math.Min(machine.Crew.Size, StepOperations(rows) / Math.Max(1, OperationsOfMeetingOneMore(machine)));
        return (int)Math.Clamp(shares, 1, panels.Count);
    }

    /// <summary>Whether a step of a prediction is so long that every thread's part of it would be worth sharing by itself. A training
    /// pass was measured to gain nothing by it: docs/decisions/0009.</summary>
    private bool IsLongStep(Machine machine, int rows) =>
        !keep && machine.Crew.Size > 1 && 2.0 * rows * WeightCount >= machine.Crew.Size * machine.LeastOperations;

    /// <summary>A share of a step's units. Every other step takes its panels from the last to the first, and sequences of one step
    /// alternate, too: the weights that were read last are still in the cache when the next step begins with them.</summary>
    private Panels ShareOfUnits(Panels panels, int t, int share, int shares) =>
        panels.Share(share, shares) with { LastFirst = IsLastFirst(t) };

    private bool IsLastFirst(int t) => ((t + _runs) & 1) != 0;

    /// <summary>The multiplications and additions of a step's recurrent product.</summary>
    private double StepOperations(int rows) => 2.0 * rows * cell.GateCount * cell.HiddenSize * cell.HiddenSize;

    /// <summary>What a thread could do in the time that one thread more adds to a meeting at the end of a step.</summary>
    private static double OperationsOfMeetingOneMore(Machine machine) => machine.LeastOperations / 128;

    /// <summary>Where a block of rows, or a share of the units, has its sums until the cell's equations take them.</summary>
    private PanelRows SumsOf(SimdWidth width, int firstRow) =>
        Panels.OneAtATime(width, _sums.Pointer + ((nint)firstRow * Panels.Vectors * width.Lanes()));

    private void ReserveSums(SimdWidth width, int rows, int blocks, Crew crew) =>
        _sums.Reserve((long)rows * (blocks > 0 ? 1 : crew.MostThreads * (keep ? 1 : SharesOfLongStep)) * Panels.Vectors * width.Lanes());

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

    private void ReadState(CellState? state, in StepTable steps, float* hidden, float* memory)
    {
        ReadRows(state is null ? default : state.Hidden, steps, hidden);
        if (cell.HasMemoryCell)
        {
            ReadRows(state is null ? default : state.CellValues, steps, memory);
        }
    }

    private void WriteState(CellState state, in StepTable steps, float* hidden, float* memory)
    {
        WriteRows(hidden, steps, state.Hidden);
        if (cell.HasMemoryCell)
        {
            WriteRows(memory, steps, state.CellValues);
        }
    }

    private void ReadRows(ReadOnlySpan<float> values, in StepTable steps, float* rows)
    {
        if (!steps.IsSorted || values.IsEmpty)
        {
            PaddedRows.CopyIn(values, steps.BatchSize, cell.HiddenSize, rows);
            return;
        }

        for (int row = 0; row < steps.BatchSize; row++, rows += _stride)
        {
            PaddedRows.CopyIn(values.Slice(steps.PlaceOf(row) * cell.HiddenSize, cell.HiddenSize), rows: 1, cell.HiddenSize, rows);
        }
    }

    private void WriteRows(float* rows, in StepTable steps, Span<float> values)
    {
        if (!steps.IsSorted)
        {
            PaddedRows.CopyOut(rows, _stride, steps.BatchSize, cell.HiddenSize, values);
            return;
        }

        for (int row = 0; row < steps.BatchSize; row++, rows += _stride)
        {
            Span<float> place = values.Slice(steps.PlaceOf(row) * cell.HiddenSize, cell.HiddenSize);
            PaddedRows.CopyOut(rows, _stride, rows: 1, cell.HiddenSize, place);
        }
    }
}
