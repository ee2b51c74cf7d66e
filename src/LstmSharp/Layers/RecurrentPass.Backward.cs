using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

internal sealed unsafe partial class RecurrentPass
{
    public override SequenceRows Backward(Machine machine, in SequenceRows input, in LayerGradients gradients)
    {
        int length = input.SequenceLength, rows = input.BatchSize;
        nint stateSize = (nint)rows * _stride, gatesSize = (nint)rows * _gatesStride;
        int stepsAtATime = (int)Math.Clamp(GatesBackAtATime / Math.Max(1, (long)gatesSize), 1, Math.Max(1, length));
        float* hiddenGradient = _hiddenGradient.Reserve(stateSize);
        float* cellGradient = _cellGradient.Reserve(stateSize);
        float* sumGradients = _sumGradients.Reserve((stepsAtATime + 1L) * gatesSize);
        int inputStride = Panels.RowStride(cell.InputSize);
        SequenceRows inputGradient = input with { Data = null, Stride = inputStride, Width = cell.InputSize };
        inputGradient.Data = gradients.WantsInput ? _inputGradient.Reserve((long)input.Count * inputStride) : null;
        _zeros.Reserve(Math.Max(_stride, inputStride));
        int blocks = RowBlocks(machine, rows);
        ReserveSums(machine.Width, rows, blocks, machine.Crew);
        ReadState(gradients.FinalState, rows, hiddenGradient, cellGradient);
        cell.Weights.PrepareBackward(machine, gradients.WantsInput);

        var steps = new BackwardOfRows { Pass = this, Width = machine.Width, Input = input, Output = gradients.Output };
        for (steps.End = length; steps.End > 0; steps.End = steps.Start)
        {
            steps.Start = Math.Max(0, steps.End - stepsAtATime);
            float* ofStepAfter = sumGradients + ((steps.End - steps.Start) * gatesSize);
            Buffer.MemoryCopy(sumGradients, ofStepAfter, gatesSize * sizeof(float), gatesSize * sizeof(float));
            RunBackward(machine, blocks, steps);
            AddWeightGradients(machine, steps, gradients.Parameters);
            ComputeInputGradient(machine, steps, inputGradient);
        }

        (steps.Start, steps.End) = (InitialState, InitialState + 1);
        RunBackward(machine, blocks, steps);
        WriteState(gradients.InitialState, rows, hiddenGradient, cellGradient);
        return inputGradient;
    }

    private void RunBackward(Machine machine, int blocks, in BackwardOfRows steps)
    {
        if (blocks > 0)
        {
            machine.Crew.Run(blocks, steps);
            return;
        }

        int shares = UnitShares(machine, steps.Input.BatchSize, cell.Weights.HiddenPanels(machine.Width));
        for (int t = steps.End - 1; t >= steps.Start; t--)
        {
            machine.Crew.Run(shares, new BackwardOfUnits { Steps = steps, Step = t });
        }
    }

    private void AddWeightGradients(Machine machine, in BackwardOfRows steps, ReadOnlySpan<Parameter> gradients)
    {
        SequenceRows input = steps.Input;
        int firstRow = steps.Start * input.BatchSize, rows = (steps.End - steps.Start) * input.BatchSize;
        float* hiddens = _hiddens.Pointer + ((nint)firstRow * _stride);
        _weightGradients.Add(
            machine,
            new SumGradients(_sumGradients.Pointer, _gatesStride, cell.GateCount, cell.HiddenSize, rows),
            [new(input.Row(firstRow), input.Stride, cell.InputSize), new(hiddens, _stride, cell.HiddenSize)],
            gradients);
    }

    private void ComputeInputGradient(Machine machine, in BackwardOfRows steps, in SequenceRows inputGradient)
    {
        if (inputGradient.Data != null)
        {
            machine.Crew.Run(machine.Crew.Size, new InputGradients
            {
                Pass = this,
                Width = machine.Width,
                FirstRow = steps.Start * inputGradient.BatchSize,
                Rows = (steps.End - steps.Start) * inputGradient.BatchSize,
                Result = inputGradient,
            });
        }
    }

    /// <summary>One time step backward, or the way to the initial state, for some rows and some panels of units.</summary>
    /// <param name="steps">The steps whose sums' gradients are kept at the moment.</param>
    /// <param name="t">The time step.</param>
    /// <param name="block">The rows.</param>
    /// <param name="panels">The panels.</param>
    /// <param name="sums">Where the hidden state's gradient goes.</param>
    private void BackwardStep(in BackwardOfRows steps, int t, Share block, Panels panels, in PanelRows sums)
    {
        SequenceRows input = steps.Input;
        nint firstRow = block.First;
        nint before = (((nint)t * input.BatchSize) + firstRow) * _stride, after = before + ((nint)input.BatchSize * _stride);
        float* sumGradient = _sumGradients.Pointer + ((((nint)(t - steps.Start) * input.BatchSize) + firstRow) * _gatesStride);
        float* nextSumGradient = t == InitialState
            ? _sumGradients.Pointer + (firstRow * _gatesStride)
            : sumGradient + ((nint)input.BatchSize * _gatesStride);
        bool isLast = t == input.SequenceLength - 1;
        PanelRows stateGradient = panels.In(_hiddenGradient.Pointer + (firstRow * _stride), _stride);
        var hiddenGradient = new Product
        {
            Initial = panels.In(_zeros.Pointer, rowStride: 0),
            Result = isLast || t == InitialState ? stateGradient : sums,
            Rows = block.Count,
            Panels = panels,
        };
        if (!isLast)
        {
            cell.Weights.AppendHiddenGradient(ref hiddenGradient, steps.Width, nextSumGradient);
        }

        if (t == InitialState)
        {
            PanelProduct.Run(steps.Width, hiddenGradient, default(NoEpilogue));
            return;
        }

        StepRows step = new()
        {
            Activations = KeepsActivations ? ActivationsAt(input, t, block) : null,
            PreviousCell = _cells.Pointer + before,
            Cell = _cells.Pointer + after,
            Hidden = _hiddens.Pointer + after,
        };
        StepGradients gradients = new()
        {
            Output = steps.Output.Step(t) + (firstRow * _stride),
            Cell = _cellGradient.Pointer + (firstRow * _stride),
            Sums = sumGradient,
        };
        cell.Backward(steps.Width, hiddenGradient, step, gradients);
    }

    /// <summary>Some neighbouring steps, the last one first, of blocks of rows.</summary>
    private struct BackwardOfRows : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required SequenceRows Input;

        /// <summary>The gradient of the layer's output.</summary>
        public required SequenceRows Output;

        public int Start;

        public int End;

        public readonly void Run(int share, int shares)
        {
            Share block = Share.Of(Input.BatchSize, share, shares);
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

        public readonly void Run(int share, int shares) => Steps.Pass.BackwardStep(
            Steps,
            Step,
            new Share(0, Steps.Input.BatchSize),
            Steps.Pass.ShareOfUnits(Steps.Pass.Cell.Weights.HiddenPanels(Steps.Width), Step, share, shares),
            Steps.Pass.SumsOf(Steps.Width, share * Steps.Input.BatchSize));
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
