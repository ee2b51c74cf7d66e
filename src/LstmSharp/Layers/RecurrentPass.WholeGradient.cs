using System.Numerics.Tensors;
using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <content>The gradient of h made whole before the cell's equations, which else take its parts: for masks, which part it anew, and for
/// who measures it.</content>
internal sealed unsafe partial class RecurrentPass
{
    /// <summary>Whᵀ·dSums of the later step, for each row of the batch.</summary>
    private readonly AlignedBuffer _laterGradient = new();
    private GradientNorms? _norms;
    private bool _makesWhole;

    /// <summary>Has the next runs backward measure the gradients of the states after every step of the last run forward.</summary>
    public GradientNorms MeasureGradients() => _norms = new GradientNorms(_steps, _states.Length);

    private float* LaterGradientOf(int firstRow) => _laterGradient.Pointer + ((nint)firstRow * _hidden.Stride);

    private void BeginWholeGradient(in StepTable steps)
    {
        _makesWhole = _isMasked || _norms is not null;
        _laterGradient.Reserve(_makesWhole ? (long)steps.BatchSize * _hidden.Stride : 0);
        _masks?.BeginBackward(steps);
    }

    /// <summary>Adds what comes from the later step and from the layer above to the gradient of h, then has it measured and parted.</summary>
    private void MakeGradientWhole(in BackwardOfRows work, int t, Share rows)
    {
        StepTable steps = work.Input.Steps;
        StepGradients gradients = GradientsAt(work, t, rows.First, goesOn: false, sums: default);
        AddLaterGradient(rows.Below(steps.Rows(t + 1)));
        Span<float> output = new(gradients.Output, rows.Count * _hidden.Stride), hidden = HiddenGradients(rows);
        TensorPrimitives.Add(hidden, output, hidden);
        output.Clear();
        Measure(steps.First(t), rows);
        if (_isMasked)
        {
            _masks!.BeforeBackward(steps, t, rows.First, rows.Count, gradients);
        }
    }

    /// <summary>What the cell leaves of the whole gradient for h₋₁, and what masks held back of it.</summary>
    private void LeavePartedGradient(in BackwardOfRows work, int t, Share rows)
    {
        if (!_makesWhole)
        {
            return;
        }

        if (!_cell.LeavesHiddenGradient)
        {
            HiddenGradients(rows).Clear();
        }

        if (_isMasked)
        {
            _masks!.AfterBackward(rows.First, rows.Count, GradientsAt(work, t, rows.First, goesOn: false, sums: default));
        }
    }

    /// <summary>Adds the gradient that comes through the later step's recurrent weights to that of h.</summary>
    private void AddLaterGradient(Share rows)
    {
        if (_isMasked)
        {
            _masks!.DropLaterGradient(rows.First, rows.Count, LaterGradientOf(rows.First));
        }

        Span<float> later = new(LaterGradientOf(rows.First), rows.Count * _hidden.Stride), hidden = HiddenGradients(rows);
        TensorPrimitives.Add(hidden, later, hidden);
    }

    private Span<float> HiddenGradients(Share rows) => new(_hidden.GradientOf(rows.First), rows.Count * _hidden.Stride);

    private void Measure(int firstRow, Share rows)
    {
        for (int part = 0; _norms is not null && part < _states.Length; part++)
        {
            for (int row = rows.First; row < rows.End; row++)
            {
                _norms.Add(part, firstRow + row, new ReadOnlySpan<float>(_states[part].GradientOf(row), _cell.StateParts[part].Size));
            }
        }
    }
}
