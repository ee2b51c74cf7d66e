using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

internal sealed unsafe partial class RecurrentPass
{
    public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
    {
        StepTable steps = input.Steps;
        nint states = (nint)steps.BatchSize * _stride;
        float* hiddens = _hiddens.Reserve((steps.BatchSize + run.RoomFor(steps.Count)) * _stride);
        float* cells = _cells.Reserve(!cell.HasMemoryCell ? 0 : keep ? (steps.BatchSize + run.RoomFor(steps.Count)) * _stride : states);
        _activations.Reserve(KeepsActivations ? run.RoomFor(steps.Count) * _gatesStride : 0);
        if (run.Continues && initial.IsEmpty)
        {
            Buffer.MemoryCopy(_finalHidden, hiddens, states * sizeof(float), states * sizeof(float));
        }
        else
        {
            ReadState(initial.IsEmpty ? null : initial[0], steps, hiddens, cells);
        }

        _steps = steps;
        _runs++;
        cell.Weights.PrepareForward(run.Machine);
        for (int start = 0, end; start < steps.LiveLength; start = end)
        {
            end = steps.EndOfSpan(start);
            ForwardSpan(run.Machine, input, start, end);
        }

        _finalHidden = FinalRows(steps, hiddens, _finalHiddens);
        _finalCell = cell.HasMemoryCell && keep ? FinalRows(steps, cells, _finalCells) : cells;
        return new SequenceRows { Data = hiddens + states, Stride = _stride, Width = cell.HiddenSize, Steps = steps };
    }

    public override void CopyFinalState(ReadOnlySpan<CellState> final) => WriteState(final[0], _steps, _finalHidden, _finalCell);

    /// <summary>The states after each row's own last step, of all rows side by side.</summary>
    private float* FinalRows(in StepTable steps, float* states, AlignedBuffer buffer)
    {
        if (!steps.IsRagged)
        {
            return states + ((nint)steps.Count * _stride);
        }

        float* rows = buffer.Reserve((long)steps.BatchSize * _stride);
        for (int row = 0; row < steps.BatchSize; row++)
        {
            int length = steps.LengthOf(row);
            float* last = states + (length == 0 ? 0 : AfterStep(steps, length - 1)) + ((nint)row * _stride);
            PaddedRows.Copy(last, _stride, rows + ((nint)row * _stride), _stride, rows: 1, _stride);
        }

        return rows;
    }

    /// <summary>Runs some steps, the work of all of them divided in one way.</summary>
    private void ForwardSpan(Machine machine, in SequenceRows input, int start, int end)
    {
        int rows = input.Steps.Rows(start);
        int blocks = RowBlocks(machine, rows);
        ReserveSums(machine.Width, rows, blocks, machine.Crew);
        if (blocks > 0)
        {
            machine.Crew.Run(
                blocks, new ForwardOfRows { Pass = this, Width = machine.Width, Input = input, Start = start, End = end });
        }
        else
        {
            ForwardByUnits(machine, input, start, end);
        }
    }

    /// <summary>Runs step by step, the units of each step divided among the crew.</summary>
    private void ForwardByUnits(Machine machine, in SequenceRows input, int first, int last)
    {
        StepTable steps = input.Steps;
        int shares = UnitShares(machine, steps.Rows(first), cell.Weights.GatePanels(machine.Width));
        bool isOneRow = shares == 1 && steps.Rows(first) == 1;
        if (isOneRow && cell.InputSize <= MostInputsInStep)
        {
            ForwardOneRow(machine.Width, input, first, last, inputSums: null);
            return;
        }

        for (int start = first, end; start < last; start = end)
        {
            end = steps.EndOfRows(start, last, GatesAtATime / _gatesStride);
            bool several = end - start > 1;
            if (several)
            {
                _inputSums.Reserve((steps.First(end) - steps.First(start)) * (long)_gatesStride);
                machine.Crew.Run(shares, new InputSums
                {
                    Pass = this,
                    Width = machine.Width,
                    Input = input,
                    FirstRow = steps.First(start),
                    Rows = steps.First(end) - steps.First(start),
                });
            }

            if (isOneRow)
            {
                ForwardOneRow(machine.Width, input, start, end, several ? _inputSums.Pointer : null);
                continue;
            }

            for (int t = start; t < end; t++)
            {
                machine.Crew.Run(shares, new ForwardOfUnits
                {
                    Pass = this,
                    Width = machine.Width,
                    Input = input,
                    Step = t,
                    InputSums = several
                        ? _inputSums.Pointer + ((nint)(steps.First(t) - steps.First(start)) * _gatesStride)
                        : null,
                });
            }
        }
    }

    /// <summary>Some neighbouring steps of the only row, as a stream takes them.</summary>
    private void ForwardOneRow(SimdWidth width, in SequenceRows input, int start, int end, float* inputSums)
    {
        StepTable steps = input.Steps;
        RowWeights weights = cell.Weights.Row(width);
        for (int t = start; t < end; t++)
        {
            nint before = BeforeStep(steps, t), after = AfterStep(steps, t);
            if (inputSums != null)
            {
                weights.Initial = inputSums + ((nint)(t - start) * _gatesStride);
                weights.InputSize = 0;
            }

            cell.ForwardRow(width, weights, input.Step(t), _hiddens.Pointer + before, IsLastFirst(t), new StepRows
            {
                Activations = KeepsActivations ? ActivationsAt(steps, t, firstRow: 0) : null,
                PreviousCell = _cells.Pointer + (keep ? before : 0),
                Cell = _cells.Pointer + (keep ? after : 0),
                Hidden = _hiddens.Pointer + after,
            });
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
        nint firstRow = block.First, state = firstRow * _stride;
        nint before = BeforeStep(input.Steps, t) + state, after = AfterStep(input.Steps, t) + state;
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

        product.Append(cell.Weights.Recurrent(width, _hiddens.Pointer + before, _stride));
        cell.Forward(width, product, new StepRows
        {
            Activations = KeepsActivations ? ActivationsAt(input.Steps, t, block.First) : null,
            PreviousCell = _cells.Pointer + (keep ? before : state),
            Cell = _cells.Pointer + (keep ? after : state),
            Hidden = _hiddens.Pointer + after,
        });
    }

    /// <summary>Some neighbouring steps of blocks of rows.</summary>
    private struct ForwardOfRows : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required SequenceRows Input;

        public required int Start;

        public required int End;

        public readonly void Run(int share, int shares)
        {
            Share block = BlockOf(Input.Steps, Start, End, share, shares);
            Panels panels = Pass.Cell.Weights.GatePanels(Width);
            PanelRows sums = Pass.SumsOf(Width, block.First);
            for (int t = Start; t < End; t++)
            {
                Pass.ForwardStep(Width, Input, t, block.Below(Input.Steps.Rows(t)), panels, inputSums: null, sums);
            }
        }
    }

    /// <summary>b + Wx·x of the rows of some neighbouring steps, for shares of the units.</summary>
    private struct InputSums : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required SequenceRows Input;

        public required int FirstRow;

        public required int Rows;

        public readonly void Run(int share, int shares)
        {
            CellWeights weights = Pass.Cell.Weights;
            var product = new Product
            {
                Initial = weights.Bias(Width),
                Result = weights.Gates(Width, Pass._inputSums.Pointer),
                Rows = Rows,
                Panels = weights.GatePanels(Width).Share(share, shares),
            };
            product.Append(weights.Input(Width, Input.Row(FirstRow), Input.Stride));
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

        public readonly void Run(int share, int shares)
        {
            int rows = Input.Steps.Rows(Step);
            Pass.ForwardStep(
                Width,
                Input,
                Step,
                new Share(0, rows),
                Pass.ShareOfUnits(Pass.Cell.Weights.GatePanels(Width), Step, share, shares),
                InputSums,
                Pass.SumsOf(Width, share * rows));
        }
    }
}
