using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>One layer's part of a single step on one thread, its weights at hand for one vector width. It holds no state, so any
/// number of steps may share it.</summary>
/// <param name="stateSize">How many floats of states the layer carries from step to step, for each row.</param>
/// <param name="workSize">How many floats of memory the layer needs for the length of a step, for each row.</param>
internal abstract unsafe class LayerStep(int stateSize, int workSize)
{
    /// <summary>How many floats of states the layer carries from step to step, for each row.</summary>
    public int StateSize { get; } = stateSize;

    /// <summary>How many floats of memory the layer needs for the length of a step, for each row.</summary>
    public int WorkSize { get; } = workSize;

    /// <summary>Brings the weights up to date.</summary>
    public abstract void Prepare();

    /// <summary>Takes a step.</summary>
    /// <param name="input">The rows that enter.</param>
    /// <param name="rows">How many.</param>
    /// <param name="isOdd">Whether the number of this step is odd: where there are two places for a value, they take turns.</param>
    /// <param name="states">The layer's states, of <see cref="StateSize"/> floats a row.</param>
    /// <param name="work">Memory of <see cref="WorkSize"/> floats a row.</param>
    /// <returns>The rows that leave.</returns>
    public abstract StepInput Run(StepInput input, int rows, bool isOdd, float* states, float* work);
}

/// <summary>A step of a recurrent layer.</summary>
/// <remarks>Its states are h twice, of which every step reads one and writes the other, and c where there is one, all of them rows of
/// <see cref="Panels.RowStride"/> floats.</remarks>
internal sealed unsafe class RecurrentStep(RecurrentCell cell, SimdWidth width)
    : LayerStep((cell.HasMemoryCell ? 3 : 2) * Panels.RowStride(cell.HiddenSize), Panels.Vectors * width.Lanes())
{
    private readonly int _stride = Panels.RowStride(cell.HiddenSize);
    private RowSums _weights;

    public override void Prepare() => _weights = cell.Weights.Row(width);

    public override StepInput Run(StepInput input, int rows, bool isOdd, float* states, float* work)
    {
        float* before = HiddenAfter(states, rows, !isOdd), after = HiddenAfter(states, rows, isOdd), cells = Cells(states, rows);
        cell.StepOnRows(
            width,
            _weights,
            input,
            new StepInput(before, _stride),
            rows,
            lastFirst: isOdd,
            new StepRows { Activations = null, PreviousCell = cells, Cell = cells, Hidden = after },
            work);
        return new StepInput(after, _stride);
    }

    /// <summary>Copies rows of a state in.</summary>
    /// <param name="states">The layer's states.</param>
    /// <param name="rows">How many rows they have.</param>
    /// <param name="isOdd">Whether the last step's number was odd.</param>
    /// <param name="row">The first row that is written.</param>
    /// <param name="source">What is read.</param>
    /// <param name="sourceRow">The first row that is read.</param>
    /// <param name="count">How many rows.</param>
    public void Read(float* states, int rows, bool isOdd, int row, CellState source, int sourceRow, int count)
    {
        int size = cell.HiddenSize, first = sourceRow * size;
        nint offset = (nint)row * _stride;
        PaddedRows.CopyIn(source.Hidden.Slice(first, count * size), count, size, HiddenAfter(states, rows, isOdd) + offset);
        if (cell.HasMemoryCell)
        {
            PaddedRows.CopyIn(source.CellValues.Slice(first, count * size), count, size, Cells(states, rows) + offset);
        }
    }

    /// <summary>Copies rows of a state out.</summary>
    /// <param name="states">The layer's states.</param>
    /// <param name="rows">How many rows they have.</param>
    /// <param name="isOdd">Whether the last step's number was odd.</param>
    /// <param name="row">The first row that is read.</param>
    /// <param name="target">What is written.</param>
    /// <param name="targetRow">The first row that is written.</param>
    /// <param name="count">How many rows.</param>
    public void Write(float* states, int rows, bool isOdd, int row, CellState target, int targetRow, int count)
    {
        int size = cell.HiddenSize, first = targetRow * size;
        nint offset = (nint)row * _stride;
        PaddedRows.CopyOut(
            HiddenAfter(states, rows, isOdd) + offset, _stride, count, size, target.Hidden.Slice(first, count * size));
        if (cell.HasMemoryCell)
        {
            PaddedRows.CopyOut(Cells(states, rows) + offset, _stride, count, size, target.CellValues.Slice(first, count * size));
        }
    }

    /// <summary>Sets a row to zeros.</summary>
    public void ClearRow(float* states, int rows, bool isOdd, int row)
    {
        nint offset = (nint)row * _stride;
        new Span<float>(HiddenAfter(states, rows, isOdd) + offset, _stride).Clear();
        if (cell.HasMemoryCell)
        {
            new Span<float>(Cells(states, rows) + offset, _stride).Clear();
        }
    }

    private float* HiddenAfter(float* states, int rows, bool isOdd) => states + (isOdd ? 0 : (nint)rows * _stride);

    private float* Cells(float* states, int rows) => states + (2 * (nint)rows * _stride);
}

/// <summary>A step of a dense layer.</summary>
internal sealed unsafe class DenseStep(DenseLayer layer, SimdWidth width)
    : LayerStep(stateSize: 0, Panels.RowStride(layer.OutputSize))
{
    private readonly int _stride = Panels.RowStride(layer.OutputSize);
    private RowSums _weights;

    public override void Prepare() => _weights = layer.Row(width);

    public override StepInput Run(StepInput input, int rows, bool isOdd, float* states, float* work)
    {
        if (rows == 1)
        {
            RowSums row = _weights;
            row.Input = input.Data;
            RowProduct.Columns(width, row, isOdd, work, new DenseForward
            {
                Activation = layer.Activation,
                Outputs = Panels.OneRow(width, work),
                Stride = _stride,
            });
        }
        else
        {
            layer.Forward(width, _weights, input, rows, work);
        }

        return new StepInput(work, _stride);
    }
}
