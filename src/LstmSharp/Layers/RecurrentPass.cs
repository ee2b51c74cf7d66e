using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Unrolls any cell over time, forward and backward: the one place where time runs.</summary>
/// <remarks>Kept per time step and row of the batch for the way back: the gates' activations, c and h, each padded to
/// <see cref="Panels.RowStride"/>. Without a way back c has one step, and the gates as many steps as fit
/// <see cref="GatesAtATime"/>.</remarks>
internal sealed unsafe class RecurrentPass(RecurrentCell cell, bool keep) : LayerPass
{
    /// <summary>How many floats of gates get their input's part in one product, so that they are still in the second-level cache
    /// when their time step comes.</summary>
    private const int GatesAtATime = 1 << 16;

    private readonly int _stride = Panels.RowStride(cell.HiddenSize);
    private readonly int _gatesStride = cell.GateCount * Panels.RowStride(cell.HiddenSize);
    private readonly AlignedBuffer _gates = new();
    private readonly AlignedBuffer _cells = new();
    private readonly AlignedBuffer _hiddens = new();
    private readonly AlignedBuffer _hiddenGradient = new();
    private readonly AlignedBuffer _cellGradient = new();
    private readonly AlignedBuffer _inputGradient = new();
    private readonly AlignedBuffer _zeros = new();
    private readonly WeightGradients _weightGradients = new();

    public override SequenceRows Forward(SimdWidth width, in SequenceRows input, CellState? initial, CellState? final)
    {
        int length = input.SequenceLength, rows = input.BatchSize;
        int stepsAtATime = (int)Math.Clamp(GatesAtATime / Math.Max(1, (long)rows * _gatesStride), 1, Math.Max(1, length));
        nint stateSize = (nint)rows * _stride;
        nint gatesSize = (nint)rows * _gatesStride;
        float* hiddens = _hiddens.Reserve((length + 1L) * stateSize);
        float* cells = _cells.Reserve(!cell.HasMemoryCell ? 0 : keep ? (length + 1L) * stateSize : stateSize);
        float* gates = _gates.Reserve((keep ? length : stepsAtATime) * (long)gatesSize);
        ReadState(initial, rows, hiddens, cells);

        nint cellStep = keep ? stateSize : 0;
        for (int start = 0; start < length; start += stepsAtATime)
        {
            int steps = Math.Min(stepsAtATime, length - start);
            float* gatesAtStart = keep ? gates + (start * gatesSize) : gates;
            bool inputsDone = steps > 1;
            if (inputsDone)
            {
                Product sums = InputSums(width, input, start, steps, gatesAtStart);
                PanelProduct.Run(width, sums, default(NoEpilogue));
            }

            for (int t = start; t < start + steps; t++)
            {
                StepRows step = new()
                {
                    Gates = gatesAtStart + ((t - start) * gatesSize),
                    PreviousCell = cells + (t * cellStep),
                    Cell = cells + ((t + 1) * cellStep),
                    Hidden = hiddens + ((t + 1) * stateSize),
                };
                Product sums = inputsDone
                    ? cell.Weights.SumsGoingOn(width, step.Gates, rows)
                    : InputSums(width, input, t, 1, step.Gates);
                sums.Append(cell.Weights.Recurrent(width, hiddens + (t * stateSize)));
                cell.Forward(width, sums, step);
            }
        }

        WriteState(final, rows, hiddens + (length * stateSize), cells + (length * cellStep));
        return input with { Data = hiddens + stateSize, Stride = _stride, Width = cell.HiddenSize };
    }

    public override SequenceRows Backward(SimdWidth width, in SequenceRows input, in LayerGradients gradients)
    {
        int length = input.SequenceLength, rows = input.BatchSize;
        nint stateSize = (nint)rows * _stride;
        nint gatesSize = (nint)rows * _gatesStride;
        float* gates = _gates.Pointer;
        float* zeros = _zeros.Reserve(Math.Max(_stride, Panels.RowStride(cell.InputSize)));
        float* hiddenGradient = _hiddenGradient.Reserve(stateSize);
        float* cellGradient = _cellGradient.Reserve(stateSize);
        ReadState(gradients.FinalState, rows, hiddenGradient, cellGradient);

        for (int t = length - 1; t >= 0; t--)
        {
            StepRows step = new()
            {
                Gates = gates + (t * gatesSize),
                PreviousCell = _cells.Pointer + (t * stateSize),
                Cell = _cells.Pointer + ((t + 1) * stateSize),
                Hidden = _hiddens.Pointer + ((t + 1) * stateSize),
            };
            StepGradients upstream = new()
            {
                Output = gradients.Output.Step(t),
                Hidden = hiddenGradient,
                Cell = cellGradient,
            };
            Product later = t == length - 1
                ? cell.Weights.UnchangedHiddenGradient(width, rows)
                : cell.Weights.HiddenGradient(width, step.Gates + gatesSize, zeros, hiddenGradient, rows);
            cell.Backward(width, later, step, upstream);
        }

        if (length > 0)
        {
            Product first = cell.Weights.HiddenGradient(width, gates, zeros, hiddenGradient, rows);
            PanelProduct.Run(width, first, default(NoEpilogue));
        }

        WriteState(gradients.InitialState, rows, hiddenGradient, cellGradient);
        _weightGradients.Add(
            width,
            gates,
            cell.GateCount,
            cell.HiddenSize,
            input.Count,
            [new(input.Data, input.Stride, cell.InputSize), new(_hiddens.Pointer, _stride, cell.HiddenSize)],
            gradients.Parameters);
        return gradients.WantsInput ? InputGradient(width, input, gates, zeros) : default;
    }

    /// <summary>b + Wx·x for all rows of some neighbouring time steps.</summary>
    private Product InputSums(SimdWidth width, in SequenceRows input, int start, int steps, float* gates)
    {
        Product sums = cell.Weights.SumsFromBias(width, gates, steps * input.BatchSize);
        sums.Append(cell.Weights.Input(width, input.Step(start), input.Stride));
        return sums;
    }

    private SequenceRows InputGradient(SimdWidth width, in SequenceRows input, float* gates, float* zeros)
    {
        int stride = Panels.RowStride(cell.InputSize);
        float* inputGradient = _inputGradient.Reserve((long)input.Count * stride);
        Product product = cell.Weights.InputGradient(width, gates, zeros, inputGradient, input.Count);
        PanelProduct.Run(width, product, default(NoEpilogue));
        return input with { Data = inputGradient, Stride = stride, Width = cell.InputSize };
    }

    private void ReadState(CellState? state, int rows, float* hidden, float* memory)
    {
        PaddedRows.CopyIn(state is null ? default : state.Hidden, rows, cell.HiddenSize, hidden);
        if (cell.HasMemoryCell)
        {
            PaddedRows.CopyIn(state is null ? default : state.CellValues, rows, cell.HiddenSize, memory);
        }
    }

    private void WriteState(CellState? state, int rows, float* hidden, float* memory)
    {
        if (state is not null)
        {
            PaddedRows.CopyOut(hidden, _stride, rows, cell.HiddenSize, state.Hidden);
            if (cell.HasMemoryCell)
            {
                PaddedRows.CopyOut(memory, _stride, rows, cell.HiddenSize, state.CellValues);
            }
        }
    }
}
