namespace LstmSharp;

/// <summary>The numbers that a file holds weights as. In memory they are always float32.</summary>
public enum WeightType
{
    /// <summary>Four bytes a weight, every bit kept: PyTorch's torch.float32.</summary>
    F32,

    /// <summary>Two bytes a weight, rounded to the nearest number of 8 significant bits, ties to even: PyTorch's
    /// torch.bfloat16. Weights of more than 3.396e38 in magnitude become infinite.</summary>
    BF16,
}
