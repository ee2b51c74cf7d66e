using System.Globalization;
using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>What <see cref="Adam"/> and <see cref="AdamW"/> share: they differ in where weight decay enters.</summary>
public abstract class AdamBase : Optimizer
{
    private readonly float _beta1;
    private readonly float _beta2;
    private readonly float _epsilon;
    private readonly float _weightDecay;
    private readonly bool _amsgrad;
    private double _beta1Power = 1;
    private double _beta2Power = 1;
    private OptimizerKernels.Adam _rule;

    private protected AdamBase(float learningRate, float beta1, float beta2, float epsilon, float weightDecay, bool amsgrad)
        : base(learningRate, "means", "squares", amsgrad ? "largestSquares" : null)
    {
        _beta1 = Require.BelowOne(beta1);
        _beta2 = Require.BelowOne(beta2);
        _epsilon = Require.Epsilon(epsilon);
        _weightDecay = Require.NotNegative(weightDecay);
        _amsgrad = amsgrad;
    }

    internal override float LargestGradient => LargestWithSquare;

    private protected abstract bool DecaysWeights { get; }

    private protected override string SettingsOfRule => string.Create(
        CultureInfo.InvariantCulture,
        $"beta1 {_beta1}, beta2 {_beta2}, epsilon {_epsilon}, weightDecay {_weightDecay}, amsgrad {_amsgrad}");

    private protected override void BeginStep()
    {
        _beta1Power *= _beta1;
        _beta2Power *= _beta2;
        _rule = new OptimizerKernels.Adam
        {
            WeightFactor = DecaysWeights ? (float)(1 - ((double)LearningRate * _weightDecay)) : 1,
            WeightDecay = DecaysWeights ? 0 : _weightDecay,
            Beta1 = _beta1,
            Beta2 = _beta2,
            StepSize = (float)(LearningRate / (1 - _beta1Power)),
            RootScale = (float)(1 / Math.Sqrt(1 - _beta2Power)),
            Epsilon = _epsilon,
            KeepsLargest = _amsgrad,
        };
    }

    private protected override void Update(int index, Share values, ReadOnlySpan<float> gradients, Span<float> weights) =>
        OptimizerKernels.Update(
            _rule, Width, gradients, weights, Moment(0, index, values), Moment(1, index, values), Moment(2, index, values));

    private protected override void RestoreSteps() =>
        (_beta1Power, _beta2Power) = (PowerOf(_beta1, Steps), PowerOf(_beta2, Steps));

    /// <summary>Multiplies step by step, as <see cref="BeginStep"/> does, for the same bits; until the power is nothing beside the 1 that it
    /// is taken from. So β decides how long that takes (37,000 steps for 0.999), and not a number in a file.</summary>
    private static double PowerOf(float beta, long steps)
    {
        double power = 1;
        for (long step = 0; step < steps && (step == 0 || 1 - power != 1); step++)
        {
            power *= beta;
        }

        return power;
    }
}
