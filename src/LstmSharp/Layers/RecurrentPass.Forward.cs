using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

internal sealed unsafe partial class RecurrentPass
{
    public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
    {
        StepTable steps = input.Steps;
        Start(run, steps, initial);
        _activations.Reserve((KeepsActivations ? run.RoomFor(steps.Count) : _cell.NeedsActivations ? steps.BatchSize : 0) * _activationsStride);
        _steps = steps;
        _runs++;
        _masks?.Begin(run, steps);
        _isMasked = _masks is { IsActive: true };
        _cell.Weights.PrepareForward(run.Machine);
        for (int start = 0, end; start < steps.LiveLength; start = end)
        {
            end = steps.EndOfSpan(start);
            ForwardSpan(run.Machine, input, start, end);
        }

        foreach (StateRows part in _states)
        {
            part.End(steps);
        }

        return new SequenceRows { Data = _hidden.After(steps, 0), Stride = _hidden.Stride, Width = _cell.StateParts[0].Size, Steps = steps };
    }

    private void Start(in RunContext run, in StepTable steps, ReadOnlySpan<CellState> initial)
    {
        long room = run.RoomFor(steps.Count);
        for (int n = 0; n < _states.Length; n++)
        {
            if (run.Continues && initial.IsEmpty)
            {
                _states[n].Continue(steps, room);
            }
            else
            {
                _states[n].Start(steps, room, initial.IsEmpty ? default : initial[0].ValuesOf(n));
            }
        }
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
        Panels panels = _cell.Weights.GatePanels(machine.Width);
        int shares = UnitShares(machine, steps.Rows(first), panels);
        bool isOneRow = shares == 1 && steps.Rows(first) == 1 && !_isMasked;
        if (isOneRow && _division.MultipliesInputInStep)
        {
            ForwardOneRow(machine.Width, input, first, last, inputSums: null);
            return;
        }

        for (int start = first, end; start < last; start = end)
        {
            end = steps.EndOfRows(start, last, _division.RowsOfInputSums);
            int firstRow = steps.First(start);
            float* inputSums = null;
            if (end - start > 1)
            {
                inputSums = _inputSums.Reserve((steps.First(end) - firstRow) * (long)_gatesStride);
                machine.Crew.Run(shares, new InputSums
                {
                    Pass = this,
                    Width = machine.Width,
                    Input = input,
                    FirstRow = firstRow,
                    Rows = steps.First(end) - firstRow,
                });
            }

            if (isOneRow)
            {
                ForwardOneRow(machine.Width, input, start, end, inputSums);
                continue;
            }

            for (int t = start; t < end; t++)
            {
                StepRows step = StepAt(input, t, firstRow: 0, steps.Rows(t));
                step.InputSums = inputSums == null ? null : inputSums + ((nint)(steps.First(t) - firstRow) * _gatesStride);
                ForwardByUnits(machine, step, t);
            }
        }
    }

    private void ForwardByUnits(Machine machine, in StepRows step, int t)
    {
        BeforeStep(step, firstRow: 0);
        for (int phase = 0; phase < _cell.Phases; phase++)
        {
            Panels panels = _cell.ForwardPanels(phase, machine.Width);
            machine.Crew.Run(UnitShares(machine, step.Rows, panels), new ForwardOfUnits
            {
                Pass = this,
                Width = machine.Width,
                Step = step,
                Time = t,
                Phase = phase,
                Panels = panels,
            });
        }

        AfterStep(step, t, firstRow: 0);
    }

    private void BeforeStep(in StepRows step, int firstRow)
    {
        if (_isMasked)
        {
            _masks!.BeforeStep(step, firstRow);
        }
    }

    private void AfterStep(in StepRows step, int t, int firstRow)
    {
        if (_isMasked)
        {
            float* hidden = _hidden.After(_steps, t) + ((nint)firstRow * _hidden.Stride);
            float* memory = _memory is null ? null : _memory.After(_steps, t) + ((nint)firstRow * _memory.Stride);
            _masks!.AfterStep(step, _steps, t, firstRow, hidden, memory);
        }
    }

    /// <summary>Some neighbouring steps of the only row, as a stream takes them.</summary>
    private void ForwardOneRow(SimdWidth width, in SequenceRows input, int start, int end, float* inputSums)
    {
        RowWeights weights = _cell.Weights.Row(width);
        weights.InputSize = inputSums == null ? weights.InputSize : 0;
        StepRows step = StepAt(input, start, firstRow: 0, rows: 1);
        bool keepsMemory = _keep && _memory is not null, keepsActivations = KeepsActivations;
        for (int t = start; t < end; t++)
        {
            weights.Initial = inputSums == null ? weights.Initial : inputSums + ((nint)(t - start) * _gatesStride);
            _cell.ForwardRow(width, weights, step.Input, step.PreviousHidden, IsLastFirst(t), step);
            step.Input += step.InputStride;
            step.RecurrentInput = step.PreviousHidden = step.Hidden;
            step.Hidden += _hidden.Stride;
            step.PreviousCell = step.Cell;
            step.Cell += keepsMemory ? _memory!.Stride : 0;
            step.Activations += keepsActivations ? _activationsStride : 0;
        }
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
            PanelRows sums = Pass.SumsOf(Width, block.First);
            for (int t = Start; t < End; t++)
            {
                StepRows step = Pass.StepAt(Input, t, block.First, block.Below(Input.Steps.Rows(t)).Count);
                step.Sums = sums;
                Pass.BeforeStep(step, block.First);
                Pass._cell.ForwardRows(Width, step, lastFirst: false);
                Pass.AfterStep(step, t, block.First);
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
            CellWeights weights = Pass._cell.Weights;
            Panels panels = weights.GatePanels(Width).Share(share, shares);
            Product product = weights.InputSums(Width, Input.Row(FirstRow), Input.Stride, Rows, Pass._inputSums.Pointer, panels);
            PanelProduct.Run(Width, product, default(NoEpilogue));
        }
    }

    /// <summary>One phase of a step for shares of the units.</summary>
    private struct ForwardOfUnits : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required StepRows Step;

        public required int Time;

        public required int Phase;

        public required Panels Panels;

        public readonly void Run(int share, int shares)
        {
            StepRows step = Step;
            step.Sums = Pass.SumsOf(Width, share * step.Rows);
            Pass._cell.Forward(Phase, Width, step, Pass.ShareOfUnits(Panels, Time, share, shares));
        }
    }
}
