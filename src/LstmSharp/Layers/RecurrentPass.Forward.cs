using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

internal sealed unsafe partial class RecurrentPass
{
    public override SequenceRows Forward(Machine machine, in SequenceRows input, CellState? initial)
    {
        int length = input.SequenceLength, rows = input.BatchSize;
        int blocks = RowBlocks(machine, rows);
        int stepsAtATime = (int)Math.Clamp(GatesAtATime / Math.Max(1, (long)rows * _gatesStride), 1, Math.Max(1, length));
        nint stateSize = (nint)rows * _stride;
        float* hiddens = _hiddens.Reserve((length + 1L) * stateSize);
        float* cells = _cells.Reserve(!cell.HasMemoryCell ? 0 : keep ? (length + 1L) * stateSize : stateSize);
        _inputSums.Reserve(blocks > 0 ? 0 : stepsAtATime * (long)rows * _gatesStride);
        _activations.Reserve(KeepsActivations ? length * (long)rows * _gatesStride : 0);
        ReserveSums(machine.Width, rows, blocks, machine.Crew);
        if (input.Continues)
        {
            Buffer.MemoryCopy(hiddens + (_length * stateSize), hiddens, stateSize * sizeof(float), stateSize * sizeof(float));
        }
        else
        {
            ReadState(initial, rows, hiddens, cells);
        }

        _length = length;
        _runs++;
        cell.Weights.PrepareForward(machine);
        if (blocks > 0)
        {
            machine.Crew.Run(blocks, new ForwardOfRows { Pass = this, Width = machine.Width, Input = input });
        }
        else
        {
            ForwardByUnits(machine, input, stepsAtATime);
        }

        _finalHidden = hiddens + (length * stateSize);
        _finalCell = cells + (keep ? length * stateSize : 0);
        return input with { Data = hiddens + stateSize, Stride = _stride, Width = cell.HiddenSize };
    }

    public override void CopyFinalState(CellState final) => WriteState(final, final.BatchSize, _finalHidden, _finalCell);

    /// <summary>Runs step by step, the units of each step divided among the crew.</summary>
    private void ForwardByUnits(Machine machine, in SequenceRows input, int stepsAtATime)
    {
        int shares = UnitShares(machine, input.BatchSize, cell.Weights.GatePanels(machine.Width));
        for (int start = 0, steps; start < input.SequenceLength; start += steps)
        {
            steps = Math.Min(stepsAtATime, input.SequenceLength - start);
            if (steps > 1)
            {
                machine.Crew.Run(shares, new InputSums
                {
                    Pass = this,
                    Width = machine.Width,
                    Input = input,
                    FirstStep = start,
                    Steps = steps,
                });
            }

            for (int t = start; t < start + steps; t++)
            {
                machine.Crew.Run(shares, new ForwardOfUnits
                {
                    Pass = this,
                    Width = machine.Width,
                    Input = input,
                    Step = t,
                    InputSums = steps > 1 ? _inputSums.Pointer + ((nint)(t - start) * input.BatchSize * _gatesStride) : null,
                });
            }
        }
    }

    /// <summary>One time step for some rows and some panels of units.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="input">The whole sequence.</param>
    /// <param name="t">The time step.</param>
    /// <param name="block">The rows.</param>
    /// <param name="panels">The panels.</param>
    /// <param name="inputSums">The input's part of the sums of all rows, bias included, where it is known; else null.</param>
    /// <param name="sums">Where the sums go.</param>
    private void ForwardStep(
        SimdWidth width, in SequenceRows input, int t, Share block, Panels panels, float* inputSums, in PanelRows sums)
    {
        nint firstRow = block.First;
        nint before = (((nint)t * input.BatchSize) + firstRow) * _stride, after = before + ((nint)input.BatchSize * _stride);
        var product = new Product
        {
            Initial = inputSums == null
                ? cell.Weights.Bias(width)
                : cell.Weights.Gates(width, inputSums + (firstRow * _gatesStride)),
            Result = sums,
            Rows = block.Count,
            Panels = panels,
        };
        if (inputSums == null)
        {
            product.Append(cell.Weights.Input(width, input.Step(t) + (firstRow * input.Stride), input.Stride));
        }

        product.Append(cell.Weights.Recurrent(width, _hiddens.Pointer + before));
        cell.Forward(width, product, new StepRows
        {
            Activations = KeepsActivations ? ActivationsAt(input, t, block) : null,
            PreviousCell = _cells.Pointer + (keep ? before : firstRow * _stride),
            Cell = _cells.Pointer + (keep ? after : firstRow * _stride),
            Hidden = _hiddens.Pointer + after,
        });
    }

    /// <summary>All steps of blocks of rows.</summary>
    private struct ForwardOfRows : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required SequenceRows Input;

        public readonly void Run(int share, int shares)
        {
            Share block = Share.Of(Input.BatchSize, share, shares);
            Panels panels = Pass.Cell.Weights.GatePanels(Width);
            PanelRows sums = Pass.SumsOf(Width, block.First);
            for (int t = 0; t < Input.SequenceLength; t++)
            {
                Pass.ForwardStep(Width, Input, t, block, panels, inputSums: null, sums);
            }
        }
    }

    /// <summary>b + Wx·x of some neighbouring steps, for shares of the units.</summary>
    private struct InputSums : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required SequenceRows Input;

        public required int FirstStep;

        public required int Steps;

        public readonly void Run(int share, int shares)
        {
            CellWeights weights = Pass.Cell.Weights;
            var product = new Product
            {
                Initial = weights.Bias(Width),
                Result = weights.Gates(Width, Pass._inputSums.Pointer),
                Rows = Steps * Input.BatchSize,
                Panels = weights.GatePanels(Width).Share(share, shares),
            };
            product.Append(weights.Input(Width, Input.Step(FirstStep), Input.Stride));
            PanelProduct.Run(Width, product, default(NoEpilogue));
        }
    }

    /// <summary>One step for shares of the units.</summary>
    private struct ForwardOfUnits : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required SequenceRows Input;

        public required int Step;

        public required float* InputSums;

        public readonly void Run(int share, int shares) => Pass.ForwardStep(
            Width,
            Input,
            Step,
            new Share(0, Input.BatchSize),
            Pass.ShareOfUnits(Pass.Cell.Weights.GatePanels(Width), Step, share, shares),
            InputSums,
            Pass.SumsOf(Width, share * Input.BatchSize));
    }
}
