namespace LstmSharp;

/// <summary>Where a GRU's reset gate r acts on the hidden state in the candidate n.</summary>
public enum GruReset
{
    /// <summary>After the product: n = tanh(Wx·x + b + r ⊙ (Wh·h₋₁ + b′)), with a second bias b′. PyTorch's, Keras'
    /// (<c>reset_after=True</c>) and cuDNN's; ONNX's with <c>linear_before_reset</c> 1. The default.</summary>
    AfterProduct = 0,

    /// <summary>Before the product: n = tanh(Wx·x + b + Wh·(r ⊙ h₋₁)). That of Cho et al. 2014; Keras' with <c>reset_after=False</c>,
    /// and ONNX's default. A step takes two products, one after the other.</summary>
    BeforeProduct = 1,
}
