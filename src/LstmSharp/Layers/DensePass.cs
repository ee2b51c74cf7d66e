using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>One sequence through a dense layer: all steps and rows in one product, divided by rows.</summary>
internal sealed unsafe class DensePass(DenseLayer layer) : LayerPass
{
    private readonly int _stride = Panels.RowStride(layer.OutputSize);
    private readonly AlignedBuffer _outputs = new();
    private readonly AlignedBuffer _inputGradient = new();
    private readonly AlignedBuffer _zeros = new();
    private readonly WeightGradients _weightGradients = new();

    public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
    {
        Machine machine = run.Machine;
        SequenceRows outputs = input with
        {
            Data = _outputs.Reserve(run.RoomFor(input.Count) * _stride),
            Stride = _stride,
            Width = layer.OutputSize,
        };
        layer.Panels.For(machine);
        machine.Crew.Run(
            machine.Crew.Size, new ForwardOfRows { Layer = layer, Width = machine.Width, Input = input, Output = outputs });
        return outputs;
    }

    public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients)
    {
        Machine machine = run.Machine;
        bool wantsInput = gradients.WantsInput;
        int stride = Panels.RowStride(layer.InputSize);
        SequenceRows inputGradient = input with
        {
            Data = wantsInput ? _inputGradient.Reserve(run.RoomFor(input.Count) * stride) : null,
            Stride = stride,
            Width = layer.InputSize,
        };
        if (wantsInput)
        {
            layer.BackwardPanels.For(machine);
        }

        machine.Crew.Run(machine.Crew.Size, new BackwardOfRows
        {
            Layer = layer,
            Width = machine.Width,
            Outputs = _outputs.Pointer,
            Gradient = gradients.Output,
            Zeros = _zeros.Reserve(stride),
            InputGradient = inputGradient,
        });
        ReadOnlySpan<Parameter> parameters = [gradients.Borrowed ?? gradients.Parameters[0], gradients.Parameters[^1]];
        StepTable steps = input.Steps;
        for (int end = steps.LiveLength, start; end > 0; end = start)
        {
            start = steps.StartOfRows(end, run.RowsOfChunk);
            int first = steps.First(start), rows = steps.First(end) - first;
            var sums = new SumGradients(gradients.Output.Row(first), _stride, gates: 1, layer.OutputSize, rows);
            _weightGradients.AddWeights(machine, sums, new(input.Row(first), input.Stride, layer.InputSize), parameters[0]);
            _weightGradients.AddBias(machine, sums, parameters[1]);
        }

        return wantsInput ? inputGradient : default;
    }

    private struct ForwardOfRows : ISharedWork
    {
        public required DenseLayer Layer;

        public required SimdWidth Width;

        public required SequenceRows Input;

        public required SequenceRows Output;

        public readonly void Run(int share, int shares)
        {
            Share rows = Share.Of(Input.Count, share, shares);
            Layer.Forward(Width, Input.Row(rows.First), Input.Stride, rows.Count, Output.Row(rows.First));
        }
    }

    private struct BackwardOfRows : ISharedWork
    {
        public required DenseLayer Layer;

        public required SimdWidth Width;

        public required float* Outputs;

        /// <summary>The gradient of the outputs, which becomes that of the sums.</summary>
        public required SequenceRows Gradient;

        public required float* Zeros;

        /// <summary>Receives the gradient of the input; without data where nobody wants it.</summary>
        public required SequenceRows InputGradient;

        public readonly void Run(int share, int shares)
        {
            Share rows = Share.Of(Gradient.Count, share, shares);
            float* sumGradient = Gradient.Row(rows.First);
            var noProduct = new Product { Rows = rows.Count, Panels = Panels.Plain(Width, Layer.OutputSize) };
            PanelProduct.Run(Width, noProduct, new DenseBackward
            {
                Activation = Layer.Activation,
                Outputs = Outputs + ((nint)rows.First * Gradient.Stride),
                Gradient = sumGradient,
                Stride = Gradient.Stride,
            });
            if (InputGradient.Data != null)
            {
                var panels = Panels.Plain(Width, Layer.InputSize);
                var product = new Product
                {
                    Initial = panels.In(Zeros, rowStride: 0),
                    Result = panels.In(InputGradient.Row(rows.First), InputGradient.Stride),
                    Rows = rows.Count,
                    Panels = panels,
                };
                product.Append(
                    Segment.OfPacked(Width, sumGradient, Gradient.Stride, Layer.OutputSize, Layer.BackwardPanels.For(Width)));
                PanelProduct.Run(Width, product, default(NoEpilogue));
            }
        }
    }
}
