namespace LstmSharp;

/// <summary>The rows of one time step of a cell, each of <see cref="Kernels.Panels.RowStride"/> floats.</summary>
internal readonly unsafe struct StepRows
{
    /// <summary>The gates' sums before the cell's equations, their activations after; backward: the sums' gradients.</summary>
    public float* Gates { get; init; }

    public float* PreviousCell { get; init; }

    public float* Cell { get; init; }

    public float* Hidden { get; init; }
}

/// <summary>The upstream gradients of one time step of a cell.</summary>
internal readonly unsafe struct StepGradients
{
    /// <summary>The gradient of h from the layer above.</summary>
    public float* Output { get; init; }

    /// <summary>The gradient of h from the later step.</summary>
    public float* Hidden { get; init; }

    /// <summary>The gradient of c from the later step; after the step, of c₋₁.</summary>
    public float* Cell { get; init; }
}
