using System.Globalization;
using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>RMSprop: steps scaled by a running mean of the squared gradient.</summary>
/// <remarks>g = g + λ·w; v = α·v + (1 − α)·g²; d = g / (√v + ε), centered with √(v − m²) where m is the running mean of g; with momentum
/// b = μ·b + d and d = b; w = w − η·d. Sources: Tieleman and Hinton 2012; centered, Graves 2013.</remarks>
public sealed class RmsProp : Optimizer
{
    private readonly float _alpha;
    private readonly float _epsilon;
    private readonly float _momentum;
    private readonly bool _centered;
    private readonly float _weightDecay;
    private OptimizerKernels.RmsProp _rule;

    /// <summary>Makes the optimizer.</summary>
    /// <param name="learningRate">The step size η, not negative. By default 0.01.</param>
    /// <param name="alpha">α, at least 0 and below 1: how much of the mean square is kept. By default 0.99.</param>
    /// <param name="epsilon">ε, at least 1e-15, keeps the divisor off 0. By default 1e-8.</param>
    /// <param name="momentum">μ, at least 0 and below 1: the share of the last step that is kept. By default 0.</param>
    /// <param name="centered">Whether to divide by the deviation rather than the root mean square. By default not.</param>
    /// <param name="weightDecay">λ, not negative: the L2 penalty added to the gradient. By default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public RmsProp(
        float learningRate = 1e-2f,
        float alpha = 0.99f,
        float epsilon = 1e-8f,
        float momentum = 0,
        bool centered = false,
        float weightDecay = 0)
        : base(learningRate, "squares", centered ? "means" : null, momentum == 0 ? null : "velocity")
    {
        _alpha = Require.BelowOne(alpha);
        _epsilon = Require.Epsilon(epsilon);
        _momentum = Require.BelowOne(momentum);
        _centered = centered;
        _weightDecay = Require.NotNegative(weightDecay);
    }

    internal override float LargestGradient => LargestWithSquare;

    private protected override string SettingsOfRule => string.Create(
        CultureInfo.InvariantCulture,
        $"alpha {_alpha}, epsilon {_epsilon}, momentum {_momentum}, centered {_centered}, weightDecay {_weightDecay}");

    private protected override void BeginStep() => _rule = new OptimizerKernels.RmsProp
    {
        LearningRate = LearningRate,
        WeightDecay = _weightDecay,
        Alpha = _alpha,
        Epsilon = _epsilon,
        Momentum = _momentum,
        Centered = _centered,
    };

    private protected override void Update(int index, Share values, ReadOnlySpan<float> gradients, Span<float> weights) =>
        OptimizerKernels.Update(
            _rule, Width, gradients, weights, Moment(0, index, values), Moment(1, index, values), Moment(2, index, values));
}
