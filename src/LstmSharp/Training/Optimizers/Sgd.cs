using System.Globalization;
using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>Stochastic gradient descent, with momentum or Nesterov's momentum if wanted.</summary>
/// <remarks>d = g + λ·w; b = μ·b + (1 − dampening)·d, in the first step b = d; w = w − η·b, after Nesterov w − η·(d + μ·b).
/// Source: Sutskever et al. 2013, in PyTorch's form.</remarks>
public sealed class Sgd : Optimizer
{
    private readonly float _momentum;
    private readonly float _dampening;
    private readonly bool _nesterov;
    private readonly float _weightDecay;
    private OptimizerKernels.Sgd _rule;

    /// <summary>Makes the optimizer.</summary>
    /// <param name="learningRate">The step size η, not negative.</param>
    /// <param name="momentum">μ, at least 0 and below 1: the share of the last step that is kept. By default 0.</param>
    /// <param name="dampening">At least 0 and below 1: the share of the gradient kept out of the momentum, which it needs. By default 0.</param>
    /// <param name="nesterov">Whether to look ahead by the momentum; needs momentum above 0 and dampening 0.</param>
    /// <param name="weightDecay">λ, not negative: the L2 penalty added to the gradient. By default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <exception cref="ArgumentException">Nesterov without momentum, or with dampening; or dampening without momentum.</exception>
    public Sgd(float learningRate, float momentum = 0, float dampening = 0, bool nesterov = false, float weightDecay = 0)
        : base(learningRate, momentum == 0 ? null : "velocity")
    {
        _momentum = Require.BelowOne(momentum);
        _dampening = Require.BelowOne(dampening);
        _weightDecay = Require.NotNegative(weightDecay);
        _nesterov = nesterov;
        if (dampening != 0 && momentum == 0)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"Sgd: dampening {dampening} needs a momentum above 0, without which it does nothing."),
                nameof(dampening));
        }

        if (nesterov && (momentum == 0 || dampening != 0))
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"Sgd: nesterov needs a momentum above 0 and no dampening, but momentum is {momentum} and dampening {dampening}."),
                nameof(nesterov));
        }
    }

    private protected override string SettingsOfRule => string.Create(
        CultureInfo.InvariantCulture,
        $"momentum {_momentum}, dampening {_dampening}, nesterov {_nesterov}, weightDecay {_weightDecay}");

    private protected override void BeginStep() => _rule = new OptimizerKernels.Sgd
    {
        LearningRate = LearningRate,
        WeightDecay = _weightDecay,
        Momentum = _momentum,
        GradientScale = Steps == 0 ? 1 : 1 - _dampening,
        Nesterov = _nesterov,
    };

    private protected override void Update(int index, Share values, ReadOnlySpan<float> gradients, Span<float> weights) =>
        OptimizerKernels.Update(_rule, Width, gradients, weights, Moment(0, index, values), [], []);
}
