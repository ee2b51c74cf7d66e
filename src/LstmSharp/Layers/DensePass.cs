using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>One sequence through a dense layer: all steps and rows in one product.</summary>
internal sealed unsafe class DensePass(DenseLayer layer) : LayerPass
{
    private readonly int _stride = Panels.RowStride(layer.OutputSize);
    private readonly AlignedBuffer _outputs = new();
    private readonly AlignedBuffer _inputGradient = new();
    private readonly AlignedBuffer _zeros = new();
    private readonly WeightGradients _weightGradients = new();

    public override SequenceRows Forward(SimdWidth width, in SequenceRows input, CellState? initial, CellState? final)
    {
        float* outputs = _outputs.Reserve((long)input.Count * _stride);
        var sums = new Product
        {
            Initial = layer.BiasRow.For(width),
            InitialStride = 0,
            Result = outputs,
            ResultStride = _stride,
            Rows = input.Count,
            Panels = Panels.Plain(width, layer.OutputSize),
        };
        sums.Append(new Segment(input.Data, input.Stride, layer.InputSize, layer.Panels.For(width)));
        PanelProduct.Run(
            width,
            sums,
            new ActivationForward { Activation = layer.Activation, Sums = outputs, Outputs = outputs, Stride = _stride });
        return input with { Data = outputs, Stride = _stride, Width = layer.OutputSize };
    }

    public override SequenceRows Backward(SimdWidth width, in SequenceRows input, in LayerGradients gradients)
    {
        float* sumGradient = gradients.Output.Data;
        var noProduct = new Product
        {
            Rows = input.Count,
            Panels = Panels.Plain(width, layer.OutputSize),
        };
        PanelProduct.Run(
            width,
            noProduct,
            new ActivationBackward
            {
                Activation = layer.Activation,
                Outputs = _outputs.Pointer,
                OutputGradient = sumGradient,
                SumGradient = sumGradient,
                Stride = _stride,
            });
        _weightGradients.Add(
            width,
            sumGradient,
            gates: 1,
            layer.OutputSize,
            input.Count,
            [new(input.Data, input.Stride, layer.InputSize)],
            gradients.Parameters);
        return gradients.WantsInput ? InputGradient(width, input, sumGradient) : default;
    }

    private SequenceRows InputGradient(SimdWidth width, in SequenceRows input, float* sumGradient)
    {
        int stride = Panels.RowStride(layer.InputSize);
        float* inputGradient = _inputGradient.Reserve((long)input.Count * stride);
        var product = new Product
        {
            Initial = _zeros.Reserve(stride),
            InitialStride = 0,
            Result = inputGradient,
            ResultStride = stride,
            Rows = input.Count,
            Panels = Panels.Plain(width, layer.InputSize),
        };
        product.Append(new Segment(sumGradient, _stride, layer.OutputSize, layer.BackwardPanels.For(width)));
        PanelProduct.Run(width, product, default(NoEpilogue));
        return input with { Data = inputGradient, Stride = stride, Width = layer.InputSize };
    }
}
