using System.Runtime.CompilerServices;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>One layer's part of a single step on one thread, its weights at hand for one vector width. It holds no state, so any
/// number of steps may share it.</summary>
/// <param name="stride">The distance between two rows that leave.</param>
/// <param name="stateSize">How many floats of states the layer carries from step to step, for each row.</param>
/// <param name="workSize">How many floats of memory the layer needs for the length of a step, for each row.</param>
internal abstract unsafe class LayerStep(int stride, int stateSize, int workSize)
{
    /// <summary>The distance between two rows that leave.</summary>
    public int Stride { get; } = stride;

    /// <summary>How many floats of states the layer carries from step to step, for each row.</summary>
    public int StateSize { get; } = stateSize;

    /// <summary>How many floats of memory the layer needs for the length of a step, for each row.</summary>
    public int WorkSize { get; } = workSize;

    /// <summary>The recurrent steps that it is made of, in the order in which their states lie.</summary>
    public virtual IEnumerable<RecurrentStep> Recurrent => [];

    /// <summary>Brings the weights up to date.</summary>
    public abstract void Prepare();

    /// <summary>Takes a step.</summary>
    /// <param name="input">The rows that enter.</param>
    /// <param name="inputStride">The distance between two of them.</param>
    /// <param name="rows">How many.</param>
    /// <param name="isOdd">Whether the number of this step is odd: where there are two places for a value, they take turns.</param>
    /// <param name="states">The layer's states, of <see cref="StateSize"/> floats a row.</param>
    /// <param name="work">Memory of <see cref="WorkSize"/> floats a row.</param>
    /// <returns>The rows that leave, each of <see cref="Stride"/> floats.</returns>
    public abstract float* Run(float* input, int inputStride, int rows, bool isOdd, float* states, float* work);
}

/// <summary>A step of a recurrent layer.</summary>
/// <remarks>Its states are h twice, of which every step reads one and writes the other, then the other parts of the state, all of them rows
/// of <see cref="Panels.RowStride"/> floats.</remarks>
internal sealed unsafe class RecurrentStep(RecurrentCell cell, SimdWidth width)
    : LayerStep(
        Panels.RowStride(cell.StateParts[0].Size),
        SizeOfStates(cell),
        (Panels.Vectors * width.Lanes()) + (cell.NeedsActivations ? cell.ActivationsStride : 0))
{
    private RowWeights _weights;

    public override IEnumerable<RecurrentStep> Recurrent => [this];

    public override void Prepare() => _weights = cell.Weights.Row(width);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float* Run(float* input, int inputStride, int rows, bool isOdd, float* states, float* work)
    {
        float* before = HiddenAfter(states, rows, !isOdd), after = HiddenAfter(states, rows, isOdd);
        float* cells = states + (2 * (nint)rows * Stride);
        var step = new StepRows
        {
            Rows = rows,
            Input = input,
            InputStride = inputStride,
            RecurrentInput = before,
            PreviousHidden = before,
            Hidden = after,
            PreviousCell = cells,
            Cell = cells,
            Activations = cell.NeedsActivations ? work + ((nint)rows * Panels.Vectors * width.Lanes()) : null,
        };
        if (rows == 1)
        {
            cell.ForwardRow(width, _weights, input, before, lastFirst: isOdd, step);
        }
        else
        {
            step.Sums = Panels.OneAtATime(width, work);
            cell.ForwardRows(width, step, lastFirst: isOdd);
        }

        return after;
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
        for (int n = 0; n < cell.StateParts.Length; n++)
        {
            int size = cell.StateParts[n].Size;
            PaddedRows.CopyIn(
                source.ValuesOf(n).Slice(sourceRow * size, count * size), count, size, PartAt(states, rows, isOdd, n, row));
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
        for (int n = 0; n < cell.StateParts.Length; n++)
        {
            int size = cell.StateParts[n].Size;
            PaddedRows.CopyOut(
                PartAt(states, rows, isOdd, n, row),
                Panels.RowStride(size),
                count,
                size,
                target.ValuesOf(n).Slice(targetRow * size, count * size));
        }
    }

    /// <summary>Sets a row to zeros.</summary>
    public void ClearRow(float* states, int rows, bool isOdd, int row)
    {
        for (int n = 0; n < cell.StateParts.Length; n++)
        {
            int stride = Panels.RowStride(cell.StateParts[n].Size);
            new Span<float>(PartAt(states, rows, isOdd, n, row), stride).Clear();
        }
    }

    private static int SizeOfStates(RecurrentCell cell)
    {
        int size = Panels.RowStride(cell.StateParts[0].Size);
        foreach (StatePartShape part in cell.StateParts)
        {
            size += Panels.RowStride(part.Size);
        }

        return size;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* HiddenAfter(float* states, int rows, bool isOdd) => states + (isOdd ? 0 : (nint)rows * Stride);

    /// <summary>A row of one part of the state.</summary>
    private float* PartAt(float* states, int rows, bool isOdd, int part, int row)
    {
        if (part == 0)
        {
            return HiddenAfter(states, rows, isOdd) + ((nint)row * Stride);
        }

        float* first = states + (2 * (nint)rows * Stride);
        for (int n = 1; n < part; n++)
        {
            first += (nint)rows * Panels.RowStride(cell.StateParts[n].Size);
        }

        return first + ((nint)row * Panels.RowStride(cell.StateParts[part].Size));
    }
}

/// <summary>A step of a dense layer.</summary>
internal sealed unsafe class DenseStep(DenseLayer layer, SimdWidth width)
    : LayerStep(Panels.RowStride(layer.OutputSize), stateSize: 0, Panels.RowStride(layer.OutputSize))
{
    private RowWeights _weights;

    public override void Prepare() => _weights = layer.Row(width);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float* Run(float* input, int inputStride, int rows, bool isOdd, float* states, float* work)
    {
        if (rows == 1)
        {
            var epilogue = new DenseForward { Activation = layer.Activation, Outputs = Panels.OneRow(width, work), Stride = Stride };
            RowProduct.Columns(width, _weights, input, null, isOdd, work, epilogue);
        }
        else
        {
            layer.Forward(width, input, inputStride, rows, work);
        }

        return work;
    }
}
