namespace LstmSharp;

/// <summary>Adam: steps scaled by running means of the gradient and of its square.</summary>
/// <remarks>g = g + λ·w; m = β₁·m + (1 − β₁)·g; v = β₂·v + (1 − β₂)·g²; w = w − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε). AMSGrad divides by
/// the largest v so far. Sources: Kingma and Ba 2015; Reddi et al. 2018.</remarks>
public sealed class Adam : AdamBase
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="learningRate">The step size η, not negative. By default 0.001.</param>
    /// <param name="beta1">β₁, at least 0 and below 1: how much of the mean is kept. By default 0.9.</param>
    /// <param name="beta2">β₂, at least 0 and below 1: how much of the mean square is kept. By default 0.999.</param>
    /// <param name="epsilon">ε, at least 1e-15, keeps the divisor off 0. By default 1e-8.</param>
    /// <param name="weightDecay">λ, not negative: the L2 penalty added to the gradient. By default 0; see <see cref="AdamW"/>.</param>
    /// <param name="amsgrad">Whether to divide by the largest mean square so far. By default not.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public Adam(
        float learningRate = 1e-3f,
        float beta1 = 0.9f,
        float beta2 = 0.999f,
        float epsilon = 1e-8f,
        float weightDecay = 0,
        bool amsgrad = false)
        : base(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad)
    {
    }

    private protected override bool DecaysWeights => false;
}
