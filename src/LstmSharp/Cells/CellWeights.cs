using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>A recurrent cell's weights as the kernels read them, and the products made with them.</summary>
internal sealed unsafe class CellWeights
{
    private readonly int _inputSize;
    private readonly int _hiddenSize;
    private readonly int _gates;
    private readonly PackedWeights _input;
    private readonly PackedWeights _recurrent;
    private readonly PackedWeights _bias;
    private readonly PackedWeights _inputBackward;
    private readonly PackedWeights _recurrentBackward;

    public CellWeights(Parameter input, Parameter recurrent, Parameter bias, int gates)
    {
        _inputSize = input.Shape[1];
        _hiddenSize = recurrent.Shape[1];
        _gates = gates;
        _input = new PackedWeights(input, gates, PackingOrder.Forward);
        _recurrent = new PackedWeights(recurrent, gates, PackingOrder.Forward);
        _bias = new PackedWeights(bias, gates, PackingOrder.Bias);
        _inputBackward = new PackedWeights(input, gates, PackingOrder.Backward);
        _recurrentBackward = new PackedWeights(recurrent, gates, PackingOrder.Backward);
    }

    /// <summary>The distance between two rows of gates.</summary>
    public int GatesStride => Panels.GatesStride(_gates, _hiddenSize);

    /// <summary>Brings what the forward products read up to date, a crew sharing the work.</summary>
    public void PrepareForward(Machine machine)
    {
        _input.For(machine);
        _recurrent.For(machine);
    }

    /// <summary>Brings what the backward products read up to date, a crew sharing the work.</summary>
    public void PrepareBackward(Machine machine, bool wantsInput)
    {
        _recurrentBackward.For(machine);
        if (wantsInput)
        {
            _inputBackward.For(machine);
        }
    }

    /// <summary>The panels of the gates' sums.</summary>
    public Panels GatePanels(SimdWidth width) => Panels.OfGates(width, _gates, _hiddenSize);

    /// <summary>The panels of the hidden state's gradient.</summary>
    public Panels HiddenPanels(SimdWidth width) => Panels.Plain(width, _hiddenSize);

    /// <summary>Rows that all are the bias.</summary>
    public PanelRows Bias(SimdWidth width) => GatePanels(width).In(_bias.For(width), rowStride: 0);

    /// <summary>Rows of gates.</summary>
    public PanelRows Gates(SimdWidth width, float* gates) => GatePanels(width).In(gates, GatesStride);

    /// <summary>What one row of a step is multiplied by, up to date until the next edit.</summary>
    public RowWeights Row(SimdWidth width) => new()
    {
        Initial = _bias.For(width),
        VectorStride = _gates == Panels.Vectors ? Panels.RowStride(_hiddenSize) : width.Lanes(),
        Units = _gates == Panels.Vectors ? _hiddenSize : _gates * _hiddenSize,
        InputSize = _inputSize,
        InputWeights = _input.For(width),
        HiddenSize = _hiddenSize,
        HiddenWeights = _recurrent.For(width),
    };

    /// <summary>Wx·x.</summary>
    public Segment Input(SimdWidth width, float* input, nint stride) =>
        Segment.OfPacked(width, input, stride, _inputSize, _input.For(width));

    /// <summary>Wh·h₋₁.</summary>
    public Segment Recurrent(SimdWidth width, float* hidden, nint stride) =>
        Segment.OfPacked(width, hidden, stride, _hiddenSize, _recurrent.For(width));

    /// <summary>Appends dh₋₁ = Whᵀ·dSums to a product.</summary>
    public void AppendHiddenGradient(ref Product product, SimdWidth width, float* sumGradient) =>
        AppendTransposed(ref product, width, _recurrentBackward, sumGradient);

    /// <summary>Appends dx = Wxᵀ·dSums to a product.</summary>
    public void AppendInputGradient(ref Product product, SimdWidth width, float* sumGradient) =>
        AppendTransposed(ref product, width, _inputBackward, sumGradient);

    private void AppendTransposed(ref Product product, SimdWidth width, PackedWeights weights, float* sumGradient)
    {
        for (int gate = 0; gate < _gates; gate++)
        {
            float* rowsOfGate = sumGradient + ((nint)gate * Panels.RowStride(_hiddenSize));
            product.Append(Segment.OfPacked(width, rowsOfGate, GatesStride, _hiddenSize, weights.GateFor(width, gate)));
        }
    }
}
