using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>The rows of one time step of a cell; those of states have <see cref="Panels.RowStride"/> floats.</summary>
internal unsafe struct StepRows
{
    /// <summary>Forward: where the gates' activations go, or null where nobody wants them. Backward: the activations, then the gradients
    /// of the gates' sums. Rows of <see cref="Panels.GatesStride"/> floats.</summary>
    public required float* Gates;

    public required float* PreviousCell;

    public required float* Cell;

    public required float* Hidden;
}

/// <summary>The upstream gradients of one time step of a cell.</summary>
internal unsafe struct StepGradients
{
    /// <summary>The gradient of h from the layer above.</summary>
    public required float* Output;

    /// <summary>The gradient of c from the later step; after the step, of c₋₁.</summary>
    public required float* Cell;
}
