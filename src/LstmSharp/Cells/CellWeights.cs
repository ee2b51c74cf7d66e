using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>A recurrent cell's weights as the kernels read them, and the products made with them.</summary>
internal sealed unsafe class CellWeights
{
    private readonly int _inputSize;
    private readonly int _hiddenSize;
    private readonly CellColumns _columns;
    private readonly PackedWeights _input;
    private readonly PackedWeights _recurrent;
    private readonly PackedWeights? _later;
    private readonly PackedWeights _bias;
    private readonly PackedWeights _inputBackward;
    private readonly PackedWeights _recurrentBackward;

    public CellWeights(Parameter input, Parameter recurrent, Parameter bias, Parameter? recurrentBias, CellColumns columns)
    {
        int gates = columns.Gates;
        _inputSize = input.Shape[1];
        _hiddenSize = recurrent.Shape[1];
        _columns = columns;
        _input = new PackedWeights(input, gates, PackingOrder.Forward, columns.Input);
        _recurrent = new PackedWeights(recurrent, gates, PackingOrder.Forward, columns.Recurrent);
        _later = columns.LaterGate == CellColumns.None
            ? null
            : new PackedWeights(recurrent, gates, PackingOrder.Forward, [columns.LaterGate]);
        _bias = new PackedWeights(bias, gates, PackingOrder.Bias, columns.Input, recurrentBias);
        _inputBackward = new PackedWeights(input, gates, PackingOrder.Backward);
        _recurrentBackward = new PackedWeights(recurrent, gates, PackingOrder.Backward);
    }

    /// <summary>Whether h₋₁ reaches h beside the sums, too.</summary>
    public bool CarriesHidden => _columns.CarriesHidden;

    /// <summary>The distance between two rows of gates.</summary>
    public int GatesStride => Panels.GatesStride(_columns.Count, _hiddenSize);

    /// <summary>Brings what the forward products read up to date, a crew sharing the work.</summary>
    public void PrepareForward(Machine machine)
    {
        _input.For(machine);
        _recurrent.For(machine);
        _later?.For(machine);
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
    public Panels GatePanels(SimdWidth width) => Panels.OfGates(width, _columns.Count, _hiddenSize);

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
            product.Append(Segment.OfPacked(width, step.Input, step.InputStride, _inputSize, _input.For(width)) with
            {
                Third = _columns.InputThird,
            });
        }

        int stride = Panels.RowStride(_hiddenSize);
        product.Append(Segment.OfPacked(width, step.RecurrentInput, stride, _hiddenSize, _recurrent.For(width)) with
        {
            Third = _columns.RecurrentThird,
        });
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
        product.Append(Segment.OfPacked(width, input, inputStride, _inputSize, _input.For(width)) with
        {
            Third = _columns.InputThird,
        });
        return product;
    }

    /// <summary>What one row of a step is multiplied by, up to date until the next edit.</summary>
    public RowWeights Row(SimdWidth width) => new()
    {
        Initial = _bias.For(width),
        VectorStride = _columns.Count == Panels.Vectors ? Panels.RowStride(_hiddenSize) : width.Lanes(),
        Units = _hiddenSize,
        InputSize = _inputSize,
        InputWeights = _input.For(width),
        HiddenSize = _hiddenSize,
        HiddenWeights = _recurrent.For(width),
    };

    /// <summary>The sums of the second phase: what they are so far, and Wh of the gate that waited times what the first phase left.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="sums">The sums so far.</param>
    /// <param name="left">What the first phase left.</param>
    /// <param name="stride">The distance between two rows of both.</param>
    /// <param name="step">The step.</param>
    /// <param name="panels">Some of the <see cref="HiddenPanels"/>.</param>
    public Product LaterSums(SimdWidth width, float* sums, float* left, nint stride, in StepRows step, Panels panels)
    {
        var product = new Product { Initial = panels.In(sums, stride), Result = step.Sums, Rows = step.Rows, Panels = panels };
        product.Append(Segment.OfPacked(width, left, stride, _hiddenSize, _later!.For(width)));
        return product;
    }

    /// <summary>What one row of a second phase is multiplied by, up to date until the next edit.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="sums">The sums so far.</param>
    public RowWeights LaterRow(SimdWidth width, float* sums) => new()
    {
        Initial = sums,
        VectorStride = width.Lanes(),
        Units = _hiddenSize,
        InputSize = 0,
        InputWeights = null,
        HiddenSize = _hiddenSize,
        HiddenWeights = _later!.For(width),
    };

    /// <summary>The gradient of what the second phase multiplied by Wh of the gate that waited.</summary>
    public Product LaterGradient(SimdWidth width, int rows, in StepGradients gradients, Panels panels)
    {
        var product = new Product
        {
            Initial = panels.In(gradients.Zeros, rowStride: 0),
            Result = gradients.Work,
            Rows = rows,
            Panels = panels,
        };
        int gate = _columns.LaterGate, column = Array.IndexOf(_columns.Input, gate);
        AppendTransposed(ref product, width, _recurrentBackward, column, gate, gradients.Sums);
        return product;
    }

    /// <summary>The gradient of a step's h: dh = Whᵀ·dSums of the later step, from what reached it beside the sums on; or, where there is
    /// no later step, what is there already.</summary>
    public Product HiddenGradient(SimdWidth width, int rows, in StepGradients gradients, Panels panels)
    {
        if (gradients.LaterSums == null)
        {
            return new Product { Result = HiddenRows(panels, gradients.Hidden), Rows = rows, Panels = panels };
        }

        Product product = LaterHiddenGradient(width, rows, gradients, panels);
        product.Initial = _columns.CarriesHidden ? HiddenRows(panels, gradients.Hidden) : product.Initial;
        return product;
    }

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
        AppendTransposed(ref product, width, _recurrentBackward, _columns.Recurrent, gradients.LaterSums);
        return product;
    }

    /// <summary>Rows of h, or of its gradient.</summary>
    public PanelRows HiddenRows(Panels panels, float* rows) => panels.In(rows, Panels.RowStride(_hiddenSize));

    /// <summary>Appends dx = Wxᵀ·dSums to a product.</summary>
    public void AppendInputGradient(ref Product product, SimdWidth width, float* sumGradient) =>
        AppendTransposed(ref product, width, _inputBackward, _columns.Input, sumGradient);

    private void AppendTransposed(ref Product product, SimdWidth width, PackedWeights weights, int[] gates, float* sumGradient)
    {
        for (int column = 0; column < gates.Length; column++)
        {
            if (gates[column] != CellColumns.None)
            {
                AppendTransposed(ref product, width, weights, column, gates[column], sumGradient);
            }
        }
    }

    private void AppendTransposed(ref Product product, SimdWidth width, PackedWeights weights, int column, int gate, float* sumGradient)
    {
        float* rowsOfColumn = sumGradient + ((nint)column * Panels.RowStride(_hiddenSize));
        product.Append(Segment.OfPacked(width, rowsOfColumn, GatesStride, _hiddenSize, weights.GateFor(width, gate)));
    }
}
