namespace LstmSharp;

/// <summary>Adam with decoupled weight decay: the weights shrink by η·λ in every step, apart from the gradient's scaling.</summary>
/// <remarks>w = w − η·λ·w, then <see cref="Adam"/> without a penalty. Source: Loshchilov and Hutter 2019.</remarks>
public sealed class AdamW : AdamBase
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="learningRate">The step size η, not negative. By default 0.001.</param>
    /// <param name="beta1">β₁, at least 0 and below 1: how much of the mean is kept. By default 0.9.</param>
    /// <param name="beta2">β₂, at least 0 and below 1: how much of the mean square is kept. By default 0.999.</param>
    /// <param name="epsilon">ε, at least 1e-15, keeps the divisor off 0. By default 1e-8.</param>
    /// <param name="weightDecay">λ, not negative. By default 0.01.</param>
    /// <param name="amsgrad">Whether to divide by the largest mean square so far. By default not.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public AdamW(
        float learningRate = 1e-3f,
        float beta1 = 0.9f,
        float beta2 = 0.999f,
        float epsilon = 1e-8f,
        float weightDecay = 0.01f,
        bool amsgrad = false)
        : base(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad)
    {
    }

    private protected override bool DecaysWeights => true;
}
