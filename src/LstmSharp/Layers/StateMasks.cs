using System.Numerics.Tensors;
using LstmSharp.Kernels;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>What a <see cref="RecurrentRegularization"/> does to the states of a layer's pass, around each step of its cell.</summary>
/// <remarks>Equations of docs/math/regularization.md: before a step, (1) the recurrent weights' input is dropped; after it, (2) the hidden
/// state and (3) the memory cell are made of what the cell gave and what was there. The mask of (1), the same at every step, is drawn once for a
/// run; those of (2) and (3) are drawn again on the way back.</remarks>
internal sealed unsafe class StateMasks(RecurrentRegularization options, int[] path, RecurrentCell cell, bool keep)
{
    private readonly AlignedBuffer _dropped = new();
    private readonly AlignedBuffer _recurrentInput = new();
    private readonly AlignedBuffer _hidden = new();
    private readonly AlignedBuffer _cell = new();
    private readonly AlignedBuffer _stayedHidden = new();
    private readonly AlignedBuffer _stayedCell = new();
    private readonly int _stride = Panels.RowStride(cell.StateParts[0].Size);
    private readonly int _cellStride = cell.StateParts.Length > 1 ? Panels.RowStride(cell.StateParts[1].Size) : 0;
    private TrainingRows? _training;
    private RandomKey _zoneoutKey;
    private RandomKey _cellZoneoutKey;

    /// <summary>Whether the recurrent weights see another h₋₁ than the state.</summary>
    private bool Drops => options.Dropout > 0 && _training is not null;

    /// <summary>Whether something is to be done in the runs to come.</summary>
    public bool IsActive => Drops || options.Zoneout > 0 || options.CellZoneout > 0;

    /// <summary>How many floats a training pass keeps of it for each time step and row.</summary>
    public static long FloatsKept(RecurrentRegularization options, RecurrentCell cell)
    {
        int stride = Panels.RowStride(cell.StateParts[0].Size);
        return (options.Dropout > 0 ? stride : 0) + (options.Zoneout > 0 ? stride : 0)
            + (options.CellZoneout > 0 ? Panels.RowStride(cell.StateParts[1].Size) : 0);
    }

    /// <summary>Begins a run forward.</summary>
    public void Begin(in RunContext run, in StepTable steps)
    {
        _training = run.Training;
        if (_training is { } training)
        {
            DrawDropped(training, steps);
            _zoneoutKey = RandomKey.Of(training.Seed, RandomPurpose.Zoneout, path).At(training.Update);
            _cellZoneoutKey = RandomKey.Of(training.Seed, RandomPurpose.CellZoneout, path).At(training.Update);
        }

        long rows = keep ? steps.Count : steps.BatchSize;
        _recurrentInput.Reserve(Drops ? rows * _stride : 0);
        _hidden.Reserve(options.Zoneout > 0 ? rows * _stride : 0);
        _cell.Reserve(options.CellZoneout > 0 ? rows * _cellStride : 0);
    }

    /// <summary>Draws which units of each row of the batch the recurrent weights do not see.</summary>
    private void DrawDropped(TrainingRows training, in StepTable steps)
    {
        RandomKey key = RandomKey.Of(training.Seed, RandomPurpose.RecurrentDropout, path).At(training.Update);
        float* mask = _dropped.Reserve(Drops ? (long)steps.BatchSize * _stride : 0);
        for (int row = 0; Drops && row < steps.BatchSize; row++, mask += _stride)
        {
            RandomMask.Apply(key, 0, SampleOf(steps, row), options.Dropout, _stride, new Keeping(mask));
        }
    }

    /// <summary>Has a step read and write what this class keeps in place of the states.</summary>
    public void Redirect(ref StepRows step, in StepTable steps, int t, int firstRow)
    {
        nint row = (keep ? steps.First(t) : 0) + firstRow;
        step.RecurrentInput = Drops ? _recurrentInput.Pointer + (row * _stride) : step.RecurrentInput;
        step.Hidden = options.Zoneout > 0 ? _hidden.Pointer + (row * _stride) : step.Hidden;
        step.Cell = options.CellZoneout > 0 ? _cell.Pointer + (row * _cellStride) : step.Cell;
    }

    /// <summary>h as the cell gave it, of all rows of all steps; null where that is the state.</summary>
    public float* HiddenOfCell => options.Zoneout > 0 ? _hidden.Pointer : null;

    /// <summary>What the recurrent weights saw of the rows from a step on, side by side; null where it was the state.</summary>
    public float* RecurrentInput(in StepTable steps, int start) =>
        Drops ? _recurrentInput.Pointer + ((nint)steps.First(start) * _stride) : null;

    /// <summary>(1): before the step.</summary>
    public void BeforeStep(in StepRows step, int firstRow)
    {
        if (Drops)
        {
            Drop(firstRow, step.Rows, step.PreviousHidden, step.RecurrentInput);
        }
    }

    /// <summary>(2), (3): after the step.</summary>
    /// <param name="step">The step, redirected.</param>
    /// <param name="steps">Which rows there are.</param>
    /// <param name="t">The time step.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="hidden">Receives h.</param>
    /// <param name="memory">Receives c.</param>
    public void AfterStep(in StepRows step, in StepTable steps, int t, int firstRow, float* hidden, float* memory)
    {
        for (int row = 0; row < step.Rows; row++)
        {
            uint sample = SampleOf(steps, firstRow + row), time = (uint)(steps.Start + t);
            nint offset = (nint)row * _stride, cellOffset = (nint)row * _cellStride;
            if (options.Zoneout > 0)
            {
                Stay(
                    _zoneoutKey, time, sample, options.Zoneout, _stride, step.PreviousHidden + offset, step.Hidden + offset, hidden + offset);
            }

            if (options.CellZoneout > 0)
            {
                Stay(
                    _cellZoneoutKey,
                    time,
                    sample,
                    options.CellZoneout,
                    _cellStride,
                    step.PreviousCell + cellOffset,
                    step.Cell + cellOffset,
                    memory + cellOffset);
            }
        }
    }

    /// <summary>Begins a run backward.</summary>
    public void BeginBackward(in StepTable steps)
    {
        _stayedHidden.Reserve((long)steps.BatchSize * _stride);
        _stayedCell.Reserve((long)steps.BatchSize * _cellStride);
    }

    /// <summary>∂(1): drops of the gradient that comes through the later step's recurrent weights to some rows of h.</summary>
    public void DropLaterGradient(int firstRow, int rows, float* later)
    {
        if (Drops)
        {
            Drop(firstRow, rows, later, later);
        }
    }

    /// <summary>∂(2), ∂(3): parts the gradients of h and c among what the cell gave, which replaces them, and what was there.</summary>
    public void BeforeBackward(in StepTable steps, int t, int firstRow, int rows, in StepGradients gradients)
    {
        uint time = (uint)(steps.Start + t);
        for (int n = 0; n < rows; n++)
        {
            uint sample = SampleOf(steps, firstRow + n);
            float* hidden = gradients.Hidden + ((nint)n * _stride), cellGradient = gradients.Cell + ((nint)n * _cellStride);
            if (options.Zoneout > 0)
            {
                float* stayed = _stayedHidden.Pointer + ((nint)(firstRow + n) * _stride);
                Part(_zoneoutKey, time, sample, options.Zoneout, _stride, hidden, stayed);
            }

            if (options.CellZoneout > 0)
            {
                float* stayed = _stayedCell.Pointer + ((nint)(firstRow + n) * _cellStride);
                Part(_cellZoneoutKey, time, sample, options.CellZoneout, _cellStride, cellGradient, stayed);
            }
        }
    }

    /// <summary>Adds the gradients of what was there to those that the cell leaves of h₋₁ and c₋₁.</summary>
    public void AfterBackward(int firstRow, int rows, in StepGradients gradients)
    {
        if (options.Zoneout > 0)
        {
            Add(_stayedHidden.Pointer + ((nint)firstRow * _stride), gradients.Hidden, rows * _stride);
        }

        if (options.CellZoneout > 0)
        {
            Add(_stayedCell.Pointer + ((nint)firstRow * _cellStride), gradients.Cell, rows * _cellStride);
        }
    }

    private uint SampleOf(in StepTable steps, int row) => _training is { } training ? (uint)training.SampleAt(steps.PlaceOf(row)) : 0;

    private void Drop(int firstRow, int rows, float* source, float* destination) => RandomMask.Apply(
        _dropped.Pointer + ((nint)firstRow * _stride), rows * _stride, new Dropping(options.Dropout, source, destination));

    /// <summary>y = m ⊙ before + (1 − m) ⊙ after.</summary>
    private void Stay(RandomKey key, uint time, uint sample, float rate, int count, float* before, float* after, float* destination)
    {
        if (_training is not null)
        {
            RandomMask.Apply(key, time, sample, rate, count, new Staying(before, after, destination));
            return;
        }

        Span<float> result = new(destination, count);
        TensorPrimitives.Multiply(new ReadOnlySpan<float>(before, count), rate, result);
        TensorPrimitives.FusedMultiplyAdd(new ReadOnlySpan<float>(after, count), 1 - rate, result, result);
    }

    /// <summary>The gradients of before and after, of which that of after replaces the gradient of y.</summary>
    private void Part(RandomKey key, uint time, uint sample, float rate, int count, float* gradient, float* before)
    {
        if (_training is not null)
        {
            RandomMask.Apply(key, time, sample, rate, count, new Parting(gradient, before, gradient));
            return;
        }

        Span<float> ofAfter = new(gradient, count);
        TensorPrimitives.Multiply(ofAfter, rate, new Span<float>(before, count));
        TensorPrimitives.Multiply(ofAfter, 1 - rate, ofAfter);
    }

    private static void Add(float* addend, float* sum, int count)
    {
        Span<float> result = new(sum, count);
        TensorPrimitives.Add(result, new ReadOnlySpan<float>(addend, count), result);
    }
}
