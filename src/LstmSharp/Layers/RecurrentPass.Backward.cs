using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

internal sealed unsafe partial class RecurrentPass
{
    public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients)
    {
        Machine machine = run.Machine;
        StepTable steps = input.Steps;
        nint states = (nint)steps.BatchSize * _stride, gatesOfStep = (nint)steps.BatchSize * _gatesStride;
        float* hiddenGradient = _hiddenGradient.Reserve(states);
        float* cellGradient = _cellGradient.Reserve(states);
        _sumGradients.Reserve((Math.Min(Math.Max(run.RowsOfChunk, steps.BatchSize), steps.Count) * _gatesStride) + gatesOfStep);
        int inputStride = Panels.RowStride(cell.InputSize);
        SequenceRows inputGradient = input with { Data = null, Stride = inputStride, Width = cell.InputSize };
        inputGradient.Data = gradients.WantsInput ? _inputGradient.Reserve(run.RoomFor(input.Count) * inputStride) : null;
        _zeros.Reserve(Math.Max(_stride, inputStride));
        ReadState(gradients.FinalState.IsEmpty ? null : gradients.FinalState[0], steps, hiddenGradient, cellGradient);
        cell.Weights.PrepareBackward(machine, gradients.WantsInput);

        var work = new BackwardOfRows { Pass = this, Width = machine.Width, Input = input, Output = gradients.Output };
        for (int end = steps.LiveLength; end > 0; end = work.FirstKept)
        {
            KeepStepAfter(steps, work.FirstKept, end, work.FirstKept = steps.StartOfRows(end, run.RowsOfChunk));
            RunBackward(machine, work, end);
            AddWeightGradients(machine, input, work.FirstKept, end, gradients.Parameters);
            ComputeInputGradient(machine, steps.First(work.FirstKept), steps.First(end), inputGradient);
        }

        ComputeStateGradient(machine, steps);
        WriteState(gradients.InitialState[0], steps, hiddenGradient, cellGradient);
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

            int shares = UnitShares(machine, rows, cell.Weights.HiddenPanels(machine.Width));
            for (int t = work.End - 1; t >= work.Start; t--)
            {
                machine.Crew.Run(shares, new BackwardOfUnits { Steps = work, Step = t });
            }
        }
    }

    private void AddWeightGradients(Machine machine, in SequenceRows input, int start, int end, ReadOnlySpan<Parameter> gradients)
    {
        int firstRow = input.Steps.First(start), rows = input.Steps.First(end) - firstRow;
        _weightGradients.Add(
            machine,
            new SumGradients(_sumGradients.Pointer, _gatesStride, cell.GateCount, cell.HiddenSize, rows),
            [
                new(input.Row(firstRow), input.Stride, cell.InputSize),
                new(HiddensBefore(input.Steps, start, end), _stride, cell.HiddenSize),
            ],
            gradients);
    }

    /// <summary>h₋₁ of every row of some neighbouring steps, side by side: where they lie, or gathered where rows have ended.</summary>
    private float* HiddensBefore(in StepTable steps, int start, int end)
    {
        int rowsBefore = start == 0 ? steps.BatchSize : steps.Rows(start - 1);
        if (rowsBefore == steps.Rows(end - 1))
        {
            return _hiddens.Pointer + BeforeStep(steps, start);
        }

        float* gathered = _hiddensBefore.Reserve((steps.First(end) - steps.First(start)) * (long)_stride);
        for (int t = start; t < end; t++)
        {
            float* rows = gathered + ((nint)(steps.First(t) - steps.First(start)) * _stride);
            PaddedRows.Copy(_hiddens.Pointer + BeforeStep(steps, t), _stride, rows, _stride, steps.Rows(t), _stride);
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

    /// <summary>The gradient of the initial state of every row that has steps: dh₋₁ = Whᵀ·dSums of step 0.</summary>
    private void ComputeStateGradient(Machine machine, in StepTable steps)
    {
        int panels = cell.Weights.HiddenPanels(machine.Width).Count;
        machine.Crew.Run(
            Math.Min(machine.Crew.Size, panels), new StateGradients { Pass = this, Width = machine.Width, Rows = steps.Rows(0) });
    }

    private PanelRows StateGradient(Panels panels, int firstRow) =>
        panels.In(_hiddenGradient.Pointer + ((nint)firstRow * _stride), _stride);

    /// <summary>The product dh = Whᵀ·dSums, the sums' gradients being those of the next step.</summary>
    private Product HiddenGradient(SimdWidth width, float* nextSumGradient, int rows, Panels panels, in PanelRows result)
    {
        var product = new Product
        {
            Initial = panels.In(_zeros.Pointer, rowStride: 0),
            Result = result,
            Rows = rows,
            Panels = panels,
        };
        cell.Weights.AppendHiddenGradient(ref product, width, nextSumGradient);
        return product;
    }

    /// <summary>One time step backward for some rows and some panels of units: first the rows that go on after it, then those whose last
    /// step it is.</summary>
    /// <param name="work">The steps whose sums' gradients are kept at the moment.</param>
    /// <param name="t">The time step.</param>
    /// <param name="block">The rows.</param>
    /// <param name="panels">The panels.</param>
    /// <param name="sums">Where the hidden state's gradient goes.</param>
    private void BackwardStep(in BackwardOfRows work, int t, Share block, Panels panels, in PanelRows sums)
    {
        StepTable steps = work.Input.Steps;
        Share living = block.Below(steps.Rows(t)), goingOn = block.Below(steps.Rows(t + 1));
        if (goingOn.Count > 0)
        {
            float* next = SumGradientsAt(steps, work.FirstKept, t + 1, goingOn.First);
            BackwardCell(work, t, goingOn.First, HiddenGradient(work.Width, next, goingOn.Count, panels, sums));
        }

        if (goingOn.Count < living.Count)
        {
            var product = new Product
            {
                Result = StateGradient(panels, goingOn.End),
                Rows = living.Count - goingOn.Count,
                Panels = panels,
            };
            BackwardCell(work, t, goingOn.End, product);
        }
    }

    private void BackwardCell(in BackwardOfRows work, int t, int firstRow, in Product hiddenGradient)
    {
        StepTable steps = work.Input.Steps;
        nint state = (nint)firstRow * _stride;
        nint before = BeforeStep(steps, t) + state, after = AfterStep(steps, t) + state;
        StepRows step = new()
        {
            Activations = KeepsActivations ? ActivationsAt(steps, t, firstRow) : null,
            PreviousCell = _cells.Pointer + before,
            Cell = _cells.Pointer + after,
            Hidden = _hiddens.Pointer + after,
        };
        StepGradients gradients = new()
        {
            Output = work.Output.Step(t) + state,
            Cell = _cellGradient.Pointer + state,
            Sums = SumGradientsAt(steps, work.FirstKept, t, firstRow),
        };
        cell.Backward(work.Width, hiddenGradient, step, gradients);
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
            Panels panels = Pass.Cell.Weights.HiddenPanels(Width);
            PanelRows sums = Pass.SumsOf(Width, block.First);
            for (int t = End - 1; t >= Start; t--)
            {
                Pass.BackwardStep(this, t, block, panels, sums);
            }
        }
    }

    /// <summary>One step for shares of the units.</summary>
    private struct BackwardOfUnits : ISharedWork
    {
        public required BackwardOfRows Steps;

        public required int Step;

        public readonly void Run(int share, int shares)
        {
            int rows = Steps.Input.Steps.Rows(Step);
            Steps.Pass.BackwardStep(
                Steps,
                Step,
                new Share(0, rows),
                Steps.Pass.ShareOfUnits(Steps.Pass.Cell.Weights.HiddenPanels(Steps.Width), Step, share, shares),
                Steps.Pass.SumsOf(Steps.Width, share * rows));
        }
    }

    /// <summary>dh₋₁ = Whᵀ·dSums of step 0, for shares of the units.</summary>
    private struct StateGradients : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required int Rows;

        public readonly void Run(int share, int shares)
        {
            Panels panels = Pass.Cell.Weights.HiddenPanels(Width).Share(share, shares);
            PanelRows result = Pass.StateGradient(panels, firstRow: 0);
            PanelProduct.Run(
                Width, Pass.HiddenGradient(Width, Pass._sumGradients.Pointer, Rows, panels, result), default(NoEpilogue));
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
            RecurrentCell cell = Pass.Cell;
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
