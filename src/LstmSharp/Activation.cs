namespace LstmSharp;

/// <summary>The function applied to a layer's or a vanilla RNN cell's sums.</summary>
public enum Activation
{
    /// <summary>y = x, range unbounded.</summary>
    Identity = 0,

    /// <summary>y = tanh(x), range −1 to 1.</summary>
    Tanh = 1,

    /// <summary>y = σ(x) = 1 / (1 + e^−x), range 0 to 1.</summary>
    Sigmoid = 2,

    /// <summary>y = max(x, 0), range 0 to unbounded; its derivative at 0 is taken as 0.</summary>
    Relu = 3,
}
