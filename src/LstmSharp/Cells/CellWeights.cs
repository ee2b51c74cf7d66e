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
    private int GatesStride => _gates * Panels.RowStride(_hiddenSize);

    /// <summary>The gates' sums, starting from the bias.</summary>
    public Product SumsFromBias(SimdWidth width, float* gates, int rows) => new()
    {
        Initial = _bias.For(width),
        InitialStride = 0,
        Result = gates,
        ResultStride = GatesStride,
        Rows = rows,
        Panels = Panels.OfGates(width, _gates, _hiddenSize),
    };

    /// <summary>The gates' sums, going on from what the rows hold.</summary>
    public Product SumsGoingOn(SimdWidth width, float* gates, int rows) => new()
    {
        Initial = gates,
        InitialStride = GatesStride,
        Result = gates,
        ResultStride = GatesStride,
        Rows = rows,
        Panels = Panels.OfGates(width, _gates, _hiddenSize),
    };

    /// <summary>Wx·x.</summary>
    public Segment Input(SimdWidth width, float* input, nint stride) => new(input, stride, _inputSize, _input.For(width));

    /// <summary>Wh·h₋₁.</summary>
    public Segment Recurrent(SimdWidth width, float* hidden) =>
        new(hidden, Panels.RowStride(_hiddenSize), _hiddenSize, _recurrent.For(width));

    /// <summary>dh₋₁ = Whᵀ·dSums.</summary>
    public Product HiddenGradient(SimdWidth width, float* sums, float* zeros, float* hiddenGradient, int rows) =>
        Transposed(width, _recurrentBackward, _hiddenSize, sums, zeros, hiddenGradient, rows);

    /// <summary>dx = Wxᵀ·dSums.</summary>
    public Product InputGradient(SimdWidth width, float* sums, float* zeros, float* inputGradient, int rows) =>
        Transposed(width, _inputBackward, _inputSize, sums, zeros, inputGradient, rows);

    /// <summary>No product: the hidden state's gradient stays as it is, for the last step, which no later step feeds.</summary>
    public Product UnchangedHiddenGradient(SimdWidth width, int rows) => new()
    {
        Rows = rows,
        Panels = Panels.Plain(width, _hiddenSize),
    };

    private Product Transposed(
        SimdWidth width, PackedWeights weights, int columns, float* sums, float* zeros, float* result, int rows)
    {
        var product = new Product
        {
            Initial = zeros,
            InitialStride = 0,
            Result = result,
            ResultStride = Panels.RowStride(columns),
            Rows = rows,
            Panels = Panels.Plain(width, columns),
        };
        for (int gate = 0; gate < _gates; gate++)
        {
            float* rowsOfGate = sums + ((nint)gate * Panels.RowStride(_hiddenSize));
            product.Append(new Segment(rowsOfGate, GatesStride, _hiddenSize, weights.GateFor(width, gate)));
        }

        return product;
    }
}
