using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Some rows of one time step of a cell; those of states have <see cref="Panels.RowStride"/> floats.</summary>
internal unsafe struct StepRows
{
    /// <summary>How many rows.</summary>
    public required int Rows;

    /// <summary>x.</summary>
    public required float* Input;

    /// <summary>The distance between two rows of x.</summary>
    public required nint InputStride;

    /// <summary>b + Wx·x where it is known, rows of <see cref="Panels.GatesStride"/> floats; else null.</summary>
    public float* InputSums;

    /// <summary>h₋₁ as the recurrent weights see it.</summary>
    public required float* RecurrentInput;

    /// <summary>h₋₁.</summary>
    public required float* PreviousHidden;

    public required float* Hidden;

    /// <summary>The second part of the state before the step, where there is one.</summary>
    public float* PreviousCell;

    public float* Cell;

    /// <summary>Receives what the way back needs of the step, or a later phase of it, rows of <see cref="RecurrentCell.ActivationsStride"/>
    /// floats; null where nobody wants it.</summary>
    public float* Activations;

    /// <summary>Where sums lie until the cell's equations take them.</summary>
    public PanelRows Sums;
}

/// <summary>The gradients of some rows of one time step of a cell: those from upstream, and where its own go.</summary>
internal unsafe struct StepGradients
{
    /// <summary>The gradient of h from the layer above.</summary>
    public required float* Output;

    /// <summary>The gradient of h from the later step, where <see cref="LaterSums"/> does not say it; receives what reaches h₋₁ beside
    /// the sums.</summary>
    public required float* Hidden;

    /// <summary>The gradient of c from the later step; after the step, of c₋₁.</summary>
    public required float* Cell;

    /// <summary>The gradients of the later step's sums, from which that of h follows; null where there is no later step.</summary>
    public required float* LaterSums;

    /// <summary>Receives the gradients of the sums, rows of <see cref="Panels.GatesStride"/> floats.</summary>
    public required float* Sums;

    /// <summary>Where a product lies until the cell's equations take it.</summary>
    public required PanelRows Work;

    /// <summary>A row of zeros.</summary>
    public required float* Zeros;
}
