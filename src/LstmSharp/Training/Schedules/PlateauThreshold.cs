namespace LstmSharp;

/// <summary>How the threshold of a <see cref="PlateauSchedule"/> is meant.</summary>
public enum PlateauThreshold
{
    /// <summary>As a share of the best loss (PyTorch's rel).</summary>
    Relative = 0,

    /// <summary>As an amount (PyTorch's abs).</summary>
    Absolute = 1,
}
