using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

internal sealed unsafe partial class RecurrentPass
{
    public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients)
    {
        Machine machine = run.Machine;
        StepTable steps = input.Steps;
        nint gatesOfStep = (nint)steps.BatchSize * _gatesStride;
        _sumGradients.Reserve((Math.Min(Math.Max(run.RowsOfChunk, steps.BatchSize), steps.Count) * _gatesStride) + gatesOfStep);
        int inputStride = Panels.RowStride(_cell.InputSize);
        SequenceRows inputGradient = input with { Data = null, Stride = inputStride, Width = _cell.InputSize };
        inputGradient.Data = gradients.WantsInput ? _inputGradient.Reserve(run.RoomFor(input.Count) * inputStride) : null;
        _zeros.Reserve(Math.Max(_hidden.Stride, inputStride));
        for (int n = 0; n < _states.Length; n++)
        {
            _states[n].StartGradient(steps, gradients.FinalState.IsEmpty ? default : gradients.FinalState[0].ValuesOf(n));
        }

        BeginWholeGradient(steps);
        _cell.Weights.PrepareBackward(machine, gradients.WantsInput);
        var work = new BackwardOfRows { Pass = this, Width = machine.Width, Input = input, Output = gradients.Output };
        for (int end = steps.LiveLength; end > 0; end = work.FirstKept)
        {
            KeepStepAfter(steps, work.FirstKept, end, work.FirstKept = steps.StartOfRows(end, run.RowsOfChunk));
            RunBackward(machine, work, end);
            AddWeightGradients(machine, input, work.FirstKept, end, gradients.Parameters);
            ComputeInputGradient(machine, steps.First(work.FirstKept), steps.First(end), inputGradient);
        }

        ComputeInitialGradient(machine, work);
        for (int n = 0; n < _states.Length; n++)
        {
            _states[n].CopyGradient(steps, gradients.InitialState[0].ValuesOf(n));
        }

        return inputGradient;
    }

    /// <summary>Moves the sums' gradients of the first step that was kept to behind the steps that will be kept next.</summary>
    private void KeepStepAfter(in StepTable steps, int firstKept, int end, int firstOfNext)
    {
        long bytes = steps.Rows(firstKept) * (long)_gatesStride * sizeof(float);
        float* behind = _sumGradients.Pointer + ((nint)(steps.First(end) - steps.First(firstOfNext)) * _gatesStride);
        if (end < steps.LiveLength)
        {
            Buffer.MemoryCopy(_sumGradients.Pointer, behind, bytes, bytes);
        }
    }

    /// <summary>Runs the steps from the first one that is kept to before another backward.</summary>
    private void RunBackward(Machine machine, BackwardOfRows work, int end)
    {
        StepTable steps = work.Input.Steps;
        for (work.End = end; work.End > work.FirstKept; work.End = work.Start)
        {
            work.Start = steps.StartOfSpan(work.End, work.FirstKept);
            int rows = steps.Rows(work.Start);
            int blocks = RowBlocks(machine, rows);
            ReserveSums(machine.Width, rows, blocks, machine.Crew);
            if (blocks > 0)
            {
                machine.Crew.Run(blocks, work);
                continue;
            }

            for (int t = work.End - 1; t >= work.Start; t--)
            {
                BackwardByUnits(machine, work, t);
            }
        }
    }

    /// <summary>Runs a step backward, the units of each phase divided among the crew.</summary>
    private void BackwardByUnits(Machine machine, in BackwardOfRows work, int t)
    {
        Share rows = new(0, work.Input.Steps.Rows(t));
        if (_makesWhole)
        {
            ComputeLaterGradient(machine, work, t);
            MakeGradientWhole(work, t, rows);
        }

        for (int phase = _cell.Phases - 1; phase >= 0; phase--)
        {
            Panels panels = _cell.BackwardPanels(phase, machine.Width);
            machine.Crew.Run(
                UnitShares(machine, rows.Count, panels), new BackwardOfUnits { Steps = work, Time = t, Phase = phase, Panels = panels });
        }

        LeavePartedGradient(work, t, rows);
    }

    /// <summary>Runs a step backward for a block of rows.</summary>
    private void BackwardOfBlock(in BackwardOfRows work, int t, Share block, in PanelRows sums)
    {
        Share rows = block.Below(work.Input.Steps.Rows(t));
        if (_makesWhole)
        {
            RunLaterGradient(work, t, block.Below(work.Input.Steps.Rows(t + 1)), _cell.Weights.HiddenPanels(work.Width));
            MakeGradientWhole(work, t, rows);
        }

        for (int phase = _cell.Phases - 1; phase >= 0; phase--)
        {
            BackwardPhase(work, t, phase, block, _cell.BackwardPanels(phase, work.Width), sums);
        }

        LeavePartedGradient(work, t, rows);
    }

    private void AddWeightGradients(Machine machine, in SequenceRows input, int start, int end, ReadOnlySpan<Parameter> gradients)
    {
        int firstRow = input.Steps.First(start), rows = input.Steps.First(end) - firstRow;
        var factors = new SumFactors
        {
            Sums = new SumGradients(_sumGradients.Pointer, _gatesStride, _cell.GateCount, _cell.HiddenSize, rows),
            Input = new Factor(input.Row(firstRow), input.Stride, _cell.InputSize),
            PreviousHidden = new Factor(HiddensBefore(input.Steps, start, end), _hidden.Stride, _cell.HiddenSize),
            Activations = ActivationsAt(firstRow),
        };
        _cell.AddWeightGradients(machine, _weightGradients, factors, gradients);
    }

    /// <summary>h₋₁, as the recurrent weights saw it, of every row of some neighbouring steps, side by side: where they lie, or gathered where rows have ended.</summary>
    private float* HiddensBefore(in StepTable steps, int start, int end)
    {
        if (_isMasked && _masks!.RecurrentInput(steps, start) is var dropped && dropped != null)
        {
            return dropped;
        }

        int stride = _hidden.Stride, rowsBefore = start == 0 ? steps.BatchSize : steps.Rows(start - 1);
        if (rowsBefore == steps.Rows(end - 1))
        {
            return _hidden.Before(steps, start);
        }

        float* gathered = _hiddensBefore.Reserve((steps.First(end) - steps.First(start)) * (long)stride);
        for (int t = start; t < end; t++)
        {
            float* rows = gathered + ((nint)(steps.First(t) - steps.First(start)) * stride);
            PaddedRows.Copy(_hidden.Before(steps, t), stride, rows, stride, steps.Rows(t), stride);
        }

        return gathered;
    }

    private void ComputeInputGradient(Machine machine, int firstRow, int endRow, in SequenceRows inputGradient)
    {
        if (inputGradient.Data != null)
        {
            machine.Crew.Run(machine.Crew.Size, new InputGradients
            {
                Pass = this,
                Width = machine.Width,
                FirstRow = firstRow,
                Rows = endRow - firstRow,
                Result = inputGradient,
            });
        }
    }

    /// <summary>The gradient of the initial state of every row that has steps.</summary>
    private void ComputeInitialGradient(Machine machine, in BackwardOfRows work)
    {
        ComputeLaterGradient(machine, work, t: -1);
        if (_makesWhole)
        {
            AddLaterGradient(new Share(0, work.Input.Steps.Rows(0)));
        }
    }

    /// <summary>The gradient of h that comes through the later step's recurrent weights, the crew sharing the units.</summary>
    private void ComputeLaterGradient(Machine machine, in BackwardOfRows work, int t)
    {
        int panels = _cell.Weights.HiddenPanels(machine.Width).Count;
        machine.Crew.Run(Math.Min(machine.Crew.Size, panels), new LaterGradients { Steps = work, Time = t });
    }

    /// <summary>The same for some rows and some panels of units.</summary>
    private void RunLaterGradient(in BackwardOfRows work, int t, Share rows, Panels panels)
    {
        if (rows.Count > 0)
        {
            CellWeights weights = _cell.Weights;
            float* destination = _makesWhole ? LaterGradientOf(rows.First) : _hidden.GradientOf(rows.First);
            StepGradients gradients = GradientsAt(work, t, rows.First, goesOn: true, weights.HiddenRows(panels, destination));
            Product product = _makesWhole
                ? weights.LaterHiddenGradient(work.Width, rows.Count, gradients, panels)
                : weights.HiddenGradient(work.Width, rows.Count, gradients, panels);
            PanelProduct.Run(work.Width, product, default(NoEpilogue));
        }
    }

    /// <summary>The gradients of some rows of a step.</summary>
    private StepGradients GradientsAt(in BackwardOfRows work, int t, int firstRow, bool goesOn, in PanelRows sums)
    {
        StepTable steps = work.Input.Steps;
        return new StepGradients
        {
            Output = t < 0 ? null : work.Output.Step(t) + ((nint)firstRow * _hidden.Stride),
            Hidden = _hidden.GradientOf(firstRow),
            Cell = _memory is null ? null : _memory.GradientOf(firstRow),
            LaterSums = goesOn ? SumGradientsAt(steps, work.FirstKept, t + 1, firstRow) : null,
            Sums = t < 0 ? null : SumGradientsAt(steps, work.FirstKept, t, firstRow),
            Work = sums,
            Zeros = _zeros.Pointer,
        };
    }

    /// <summary>One phase of a time step backward for some rows and some panels of units: first the rows that go on after it, then those
    /// whose last step it is; or all at once, where the gradient of h is whole already.</summary>
    /// <param name="work">The steps whose sums' gradients are kept at the moment.</param>
    /// <param name="t">The time step.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="block">The rows.</param>
    /// <param name="panels">The panels.</param>
    /// <param name="sums">Where the hidden state's gradient goes.</param>
    private void BackwardPhase(in BackwardOfRows work, int t, int phase, Share block, Panels panels, in PanelRows sums)
    {
        StepTable steps = work.Input.Steps;
        Share living = block.Below(steps.Rows(t)), goingOn = block.Below(_makesWhole ? 0 : steps.Rows(t + 1));
        if (goingOn.Count > 0)
        {
            StepRows step = StepAt(work.Input, t, goingOn.First, goingOn.Count);
            _cell.Backward(phase, work.Width, step, GradientsAt(work, t, goingOn.First, goesOn: true, sums), panels);
        }

        if (goingOn.Count < living.Count)
        {
            StepRows step = StepAt(work.Input, t, goingOn.End, living.Count - goingOn.Count);
            _cell.Backward(phase, work.Width, step, GradientsAt(work, t, goingOn.End, goesOn: false, sums), panels);
        }
    }

    private float* SumGradientsAt(in StepTable steps, int firstKept, int t, int firstRow) =>
        _sumGradients.Pointer + (((nint)(steps.First(t) - steps.First(firstKept)) + firstRow) * _gatesStride);

    /// <summary>Some neighbouring steps, the last one first, of blocks of rows.</summary>
    private struct BackwardOfRows : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required SequenceRows Input;

        /// <summary>The gradient of the layer's output.</summary>
        public required SequenceRows Output;

        /// <summary>The first step whose sums' gradients are kept at the moment.</summary>
        public int FirstKept;

        public int Start;

        public int End;

        public readonly void Run(int share, int shares)
        {
            Share block = BlockOf(Input.Steps, Start, End, share, shares);
            PanelRows sums = Pass.SumsOf(Width, block.First);
            for (int t = End - 1; t >= Start; t--)
            {
                Pass.BackwardOfBlock(this, t, block, sums);
            }
        }
    }

    /// <summary>One phase of a step for shares of the units.</summary>
    private struct BackwardOfUnits : ISharedWork
    {
        public required BackwardOfRows Steps;

        public required int Time;

        public required int Phase;

        public required Panels Panels;

        public readonly void Run(int share, int shares)
        {
            RecurrentPass pass = Steps.Pass;
            int rows = Steps.Input.Steps.Rows(Time);
            pass.BackwardPhase(
                Steps,
                Time,
                Phase,
                new Share(0, rows),
                pass.ShareOfUnits(Panels, Time, share, shares),
                pass.SumsOf(Steps.Width, share * rows));
        }
    }

    /// <summary>The gradient of h that comes through the later step's recurrent weights, for shares of the units.</summary>
    private struct LaterGradients : ISharedWork
    {
        public required BackwardOfRows Steps;

        public required int Time;

        public readonly void Run(int share, int shares)
        {
            RecurrentPass pass = Steps.Pass;
            Panels panels = pass._cell.Weights.HiddenPanels(Steps.Width).Share(share, shares);
            pass.RunLaterGradient(Steps, Time, new Share(0, Steps.Input.Steps.Rows(Time + 1)), panels);
        }
    }

    /// <summary>dx = Wxᵀ·dSums of neighbouring rows, for shares of them.</summary>
    private struct InputGradients : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required int FirstRow;

        public required int Rows;

        public required SequenceRows Result;

        public readonly void Run(int share, int shares)
        {
            RecurrentCell cell = Pass._cell;
            Share rows = Share.Of(Rows, share, shares);
            var panels = Panels.Plain(Width, cell.InputSize);
            var product = new Product
            {
                Initial = panels.In(Pass._zeros.Pointer, rowStride: 0),
                Result = panels.In(Result.Row(FirstRow + rows.First), Result.Stride),
                Rows = rows.Count,
                Panels = panels,
            };
            cell.Weights.AppendInputGradient(ref product, Width, Pass._sumGradients.Pointer + ((nint)rows.First * Pass._gatesStride));
            PanelProduct.Run(Width, product, default(NoEpilogue));
        }
    }
}
