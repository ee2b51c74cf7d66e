using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

internal sealed unsafe partial class RecurrentPass
{
    public override SequenceRows Backward(Machine machine, in SequenceRows input, in LayerGradients gradients)
    {
        int rows = input.BatchSize;
        int blocks = RowBlocks(machine, rows);
        nint stateSize = (nint)rows * _stride;
        float* hiddenGradient = _hiddenGradient.Reserve(stateSize);
        float* cellGradient = _cellGradient.Reserve(stateSize);
        _zeros.Reserve(Math.Max(_stride, Panels.RowStride(cell.InputSize)));
        ReserveSums(machine.Width, rows, blocks, machine.Crew);
        ReadState(gradients.FinalState, rows, hiddenGradient, cellGradient);
        cell.Weights.PrepareBackward(machine, gradients.WantsInput);
        var unrolled = new BackwardOfRows { Pass = this, Width = machine.Width, Input = input, Output = gradients.Output };
        if (blocks > 0)
        {
            machine.Crew.Run(blocks, unrolled);
        }
        else
        {
            int shares = UnitShares(machine, rows, cell.Weights.HiddenPanels(machine.Width));
            for (int t = input.SequenceLength - 1; t >= -1; t--)
            {
                machine.Crew.Run(shares, new BackwardOfUnits { Rows = unrolled, Step = t });
            }
        }

        WriteState(gradients.InitialState, rows, hiddenGradient, cellGradient);
        _weightGradients.Add(
            machine,
            new SumGradients(_gates.Pointer, _gatesStride, cell.GateCount, cell.HiddenSize, input.Count),
            [new(input.Data, input.Stride, cell.InputSize), new(_hiddens.Pointer, _stride, cell.HiddenSize)],
            gradients.Parameters);
        return gradients.WantsInput ? InputGradient(machine, input) : default;
    }

    /// <summary>One time step backward for some rows and some panels of units; step −1 is the initial state.</summary>
    private void BackwardStep(
        SimdWidth width, in SequenceRows input, in SequenceRows output, int t, Share block, Panels panels, in PanelRows sums)
    {
        nint firstRow = block.First;
        nint before = (((nint)t * input.BatchSize) + firstRow) * _stride, after = before + ((nint)input.BatchSize * _stride);
        float* gates = _gates.Pointer + ((((nint)t * input.BatchSize) + firstRow) * _gatesStride);
        PanelRows stateGradient = panels.In(_hiddenGradient.Pointer + (firstRow * _stride), _stride);
        bool isLast = t == input.SequenceLength - 1;
        var hiddenGradient = new Product
        {
            Initial = panels.In(_zeros.Pointer, rowStride: 0),
            Result = isLast || t < 0 ? stateGradient : sums,
            Rows = block.Count,
            Panels = panels,
        };
        if (!isLast)
        {
            cell.Weights.AppendHiddenGradient(ref hiddenGradient, width, gates + ((nint)input.BatchSize * _gatesStride));
        }

        if (t < 0)
        {
            PanelProduct.Run(width, hiddenGradient, default(NoEpilogue));
            return;
        }

        StepRows step = new()
        {
            Gates = gates,
            PreviousCell = _cells.Pointer + before,
            Cell = _cells.Pointer + after,
            Hidden = _hiddens.Pointer + after,
        };
        StepGradients upstream = new()
        {
            Output = output.Step(t) + (firstRow * _stride),
            Cell = _cellGradient.Pointer + (firstRow * _stride),
        };
        cell.Backward(width, hiddenGradient, step, upstream);
    }

    private SequenceRows InputGradient(Machine machine, in SequenceRows input)
    {
        int stride = Panels.RowStride(cell.InputSize);
        float* inputGradient = _inputGradient.Reserve((long)input.Count * stride);
        machine.Crew.Run(
            machine.Crew.Size, new InputGradients { Pass = this, Width = machine.Width, Rows = input.Count, Result = inputGradient });
        return input with { Data = inputGradient, Stride = stride, Width = cell.InputSize };
    }

    /// <summary>All steps, from the last to the initial state, of blocks of rows.</summary>
    private struct BackwardOfRows : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required SequenceRows Input;

        /// <summary>The gradient of the layer's output.</summary>
        public required SequenceRows Output;

        public readonly void Run(int share, int shares)
        {
            Share block = Share.Of(Input.BatchSize, share, shares);
            Panels panels = Pass.Cell.Weights.HiddenPanels(Width);
            PanelRows sums = Pass.SumsOf(Width, block.First);
            for (int t = Input.SequenceLength - 1; t >= -1; t--)
            {
                Pass.BackwardStep(Width, Input, Output, t, block, panels, sums);
            }
        }
    }

    /// <summary>One step for shares of the units.</summary>
    private struct BackwardOfUnits : ISharedWork
    {
        public required BackwardOfRows Rows;

        public required int Step;

        public readonly void Run(int share, int shares) => Rows.Pass.BackwardStep(
            Rows.Width,
            Rows.Input,
            Rows.Output,
            Step,
            new Share(0, Rows.Input.BatchSize),
            Rows.Pass.Cell.Weights.HiddenPanels(Rows.Width).Share(share, shares),
            Rows.Pass.SumsOf(Rows.Width, share * Rows.Input.BatchSize));
    }

    /// <summary>dx = Wxᵀ·dSums of all steps, for shares of the rows.</summary>
    private struct InputGradients : ISharedWork
    {
        public required RecurrentPass Pass;

        public required SimdWidth Width;

        public required int Rows;

        public required float* Result;

        public readonly void Run(int share, int shares)
        {
            RecurrentCell cell = Pass.Cell;
            Share rows = Share.Of(Rows, share, shares);
            var panels = Panels.Plain(Width, cell.InputSize);
            int stride = Panels.RowStride(cell.InputSize);
            var product = new Product
            {
                Initial = panels.In(Pass._zeros.Pointer, rowStride: 0),
                Result = panels.In(Result + ((nint)rows.First * stride), stride),
                Rows = rows.Count,
                Panels = panels,
            };
            cell.Weights.AppendInputGradient(ref product, Width, Pass._gates.Pointer + ((nint)rows.First * Pass._gatesStride));
            PanelProduct.Run(Width, product, default(NoEpilogue));
        }
    }
}
