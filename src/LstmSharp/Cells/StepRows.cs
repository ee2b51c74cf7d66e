using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>The rows of one time step of a cell; those of states have <see cref="Panels.RowStride"/> floats.</summary>
internal unsafe struct StepRows
{
    /// <summary>The gates' activations, rows of <see cref="Panels.GatesStride"/> floats; null where nobody wants them.</summary>
    public required float* Activations;

    public required float* PreviousCell;

    public required float* Cell;

    public required float* Hidden;
}

/// <summary>The gradients of one time step of a cell: those from upstream, and where its own go.</summary>
internal unsafe struct StepGradients
{
    /// <summary>The gradient of h from the layer above.</summary>
    public required float* Output;

    /// <summary>The gradient of c from the later step; after the step, of c₋₁.</summary>
    public required float* Cell;

    /// <summary>Receives the gradients of the gates' sums, rows of <see cref="Panels.GatesStride"/> floats.</summary>
    public required float* Sums;
}
