namespace LstmSharp;

/// <summary>The pinball loss of several quantiles of every target.</summary>
/// <remarks>For a target t, with the outputs q_k of the levels τ_k, k = 1 … K, and d_k = t − q_k; docs/math/losses.md:
/// <code>
/// (5) l = 1/K · Σ max(τ_k·d_k, (τ_k − 1)·d_k)
/// (6) dl/dq_k = 1/K times −τ_k where d_k &gt; 0, 1 − τ_k where d_k &lt; 0, 0 where d_k = 0
/// </code></remarks>
/// <param name="levels">τ.</param>
internal sealed class QuantileLoss(float[] levels) : Loss<float>
{
    public override int OutputsPerTarget => levels.Length;

    public override string ToString() => $"{nameof(Quantile)}({QuantileLevels.Text(levels)})";

    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) =>
        TargetChecks.ThrowUnlessSoManyPerTarget(this, prediction, target, levels.Length);

    protected override double ComputeSum(
        ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, double divisor)
    {
        double sum = 0, share = 1 / (divisor * levels.Length);
        for (int n = 0; n < prediction.Length; n++)
        {
            double level = levels[n % levels.Length], difference = (double)target[n / levels.Length] - prediction[n];
            sum += Math.Max(level * difference, (level - 1) * difference); // (5)
            if (!gradient.IsEmpty)
            {
                double slope = difference > 0 ? -level : difference < 0 ? 1 - level : difference; // (6); NaN stays
                gradient[n] = LossSum.ToSingle(slope * share);
            }
        }

        return sum / levels.Length;
    }
}
