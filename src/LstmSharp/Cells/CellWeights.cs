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

    /// <summary>The sums of some panels of a step: b + Wx·x, known or not, + Wh·h₋₁.</summary>
    public Product Sums(SimdWidth width, in StepRows step, Panels panels)
    {
        bool isKnown = step.InputSums != null;
        var product = new Product
        {
            Initial = isKnown ? panels.In(step.InputSums, GatesStride) : panels.In(_bias.For(width), rowStride: 0),
            Result = step.Sums,
            Rows = step.Rows,
            Panels = panels,
        };
        if (!isKnown)
        {
            product.Append(Segment.OfPacked(width, step.Input, step.InputStride, _inputSize, _input.For(width)));
        }

        product.Append(Segment.OfPacked(width, step.RecurrentInput, Panels.RowStride(_hiddenSize), _hiddenSize, _recurrent.For(width)));
        return product;
    }

    /// <summary>The input's part of the sums of many rows: b + Wx·x.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="input">The rows of x.</param>
    /// <param name="inputStride">The distance between two of them.</param>
    /// <param name="rows">How many.</param>
    /// <param name="sums">Receives rows of <see cref="GatesStride"/> floats.</param>
    /// <param name="panels">Some of the <see cref="GatePanels"/>.</param>
    public Product InputSums(SimdWidth width, float* input, nint inputStride, int rows, float* sums, Panels panels)
    {
        var product = new Product
        {
            Initial = panels.In(_bias.For(width), rowStride: 0),
            Result = panels.In(sums, GatesStride),
            Rows = rows,
            Panels = panels,
        };
        product.Append(Segment.OfPacked(width, input, inputStride, _inputSize, _input.For(width)));
        return product;
    }

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

    /// <summary>The gradient of a step's h: dh = Whᵀ·dSums of the later step, or, where there is none, what is there already.</summary>
    public Product HiddenGradient(SimdWidth width, int rows, in StepGradients gradients, Panels panels) =>
        gradients.LaterSums == null
            ? new Product { Result = HiddenRows(panels, gradients.Hidden), Rows = rows, Panels = panels }
            : LaterHiddenGradient(width, rows, gradients, panels);

    /// <summary>Whᵀ·dSums of the later step.</summary>
    public Product LaterHiddenGradient(SimdWidth width, int rows, in StepGradients gradients, Panels panels)
    {
        var product = new Product
        {
            Initial = panels.In(gradients.Zeros, rowStride: 0),
            Result = gradients.Work,
            Rows = rows,
            Panels = panels,
        };
        AppendTransposed(ref product, width, _recurrentBackward, gradients.LaterSums);
        return product;
    }

    /// <summary>Rows of h, or of its gradient.</summary>
    public PanelRows HiddenRows(Panels panels, float* rows) => panels.In(rows, Panels.RowStride(_hiddenSize));

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
