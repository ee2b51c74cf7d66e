using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>One part of a cell's state through the time of a pass, in rows of <see cref="Stride"/> floats, and its gradient.</summary>
/// <param name="size">How many values a row has.</param>
/// <param name="keepsSteps">Whether the state after every step is kept: those of all rows before the first step, then step after step.
/// Else there is one row for each of the batch, which every step overwrites.</param>
internal sealed unsafe class StateRows(int size, bool keepsSteps)
{
    private readonly AlignedBuffer _rows = new();
    private readonly AlignedBuffer _finalRows = new();
    private readonly AlignedBuffer _gradient = new();

    /// <summary>The states after each row's own last step.</summary>
    private float* _final;

    /// <summary>The distance between two rows.</summary>
    public int Stride { get; } = Panels.RowStride(size);

    /// <summary>The gradient of a row of the batch.</summary>
    public float* GradientOf(int row) => _gradient.Pointer + ((nint)row * Stride);

    /// <summary>The states of all rows before a step.</summary>
    public float* Before(in StepTable steps, int t) =>
        _rows.Pointer + (t == 0 || !keepsSteps ? 0 : ((nint)steps.BatchSize + steps.First(t - 1)) * Stride);

    /// <summary>The states of all rows after a step.</summary>
    public float* After(in StepTable steps, int t) =>
        _rows.Pointer + (keepsSteps ? ((nint)steps.BatchSize + steps.First(t)) * Stride : 0);

    /// <summary>Starts from users' states; none means zeros.</summary>
    /// <param name="steps">Which rows there are.</param>
    /// <param name="room">For how many rows of all steps together to make room: <see cref="RunContext.RoomFor"/>.</param>
    /// <param name="values">The states.</param>
    public void Start(in StepTable steps, long room, ReadOnlySpan<float> values)
    {
        Reserve(steps, room);
        CopyIn(values, steps, _rows.Pointer);
    }

    /// <summary>Starts from the states after the last step of the run before.</summary>
    public void Continue(in StepTable steps, long room)
    {
        if (keepsSteps)
        {
            int size = checked(steps.BatchSize * Stride);
            float* kept = _finalRows.Reserve(size);
            Move(_final, kept, size);
            Move(kept, Reserve(steps, room), size);
        }
    }

    /// <summary>Notes where the final states are, after the last step.</summary>
    public void End(in StepTable steps)
    {
        if (!keepsSteps || !steps.IsRagged)
        {
            _final = _rows.Pointer + (keepsSteps ? (nint)steps.Count * Stride : 0);
            return;
        }

        _final = _finalRows.Reserve((long)steps.BatchSize * Stride);
        for (int row = 0; row < steps.BatchSize; row++)
        {
            nint offset = (nint)row * Stride;
            int length = steps.LengthOf(row);
            Move((length == 0 ? _rows.Pointer : After(steps, length - 1)) + offset, _final + offset, Stride);
        }
    }

    /// <summary>Copies the final states to users.</summary>
    public void CopyFinal(in StepTable steps, Span<float> values) => CopyOut(_final, steps, values);

    /// <summary>Starts the way back from users' gradients of the final states; none means zeros.</summary>
    public void StartGradient(in StepTable steps, ReadOnlySpan<float> values) =>
        CopyIn(values, steps, _gradient.Reserve((long)steps.BatchSize * Stride));

    /// <summary>Copies the gradients of the initial states to users.</summary>
    public void CopyGradient(in StepTable steps, Span<float> values) => CopyOut(_gradient.Pointer, steps, values);

    private float* Reserve(in StepTable steps, long room) => _rows.Reserve((steps.BatchSize + (keepsSteps ? room : 0)) * Stride);

    private void CopyIn(ReadOnlySpan<float> values, in StepTable steps, float* rows)
    {
        if (!steps.IsSorted || values.IsEmpty)
        {
            PaddedRows.CopyIn(values, steps.BatchSize, size, rows);
            return;
        }

        for (int row = 0; row < steps.BatchSize; row++, rows += Stride)
        {
            PaddedRows.CopyIn(values.Slice(steps.PlaceOf(row) * size, size), rows: 1, size, rows);
        }
    }

    private void CopyOut(float* rows, in StepTable steps, Span<float> values)
    {
        if (!steps.IsSorted)
        {
            PaddedRows.CopyOut(rows, Stride, steps.BatchSize, size, values);
            return;
        }

        for (int row = 0; row < steps.BatchSize; row++, rows += Stride)
        {
            PaddedRows.CopyOut(rows, Stride, rows: 1, size, values.Slice(steps.PlaceOf(row) * size, size));
        }
    }

    private static void Move(float* from, float* to, int count) => new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
}
