namespace LstmSharp;

/// <summary>The negative log-likelihood of a normal distribution.</summary>
/// <remarks>For a target t with the outputs μ and r, the smallest scale m, and e = e^−|r|, which never overflows; docs/math/losses.md:
/// <code>
/// (7)  σ = m + max(r, 0) + ln(1 + e)
/// (8)  z = (t − μ) / σ
/// (9)  l = ln σ + z²/2, and ½·ln 2π more if it is full
/// (10) dl/dμ = −z / σ
/// (11) dl/dr = (1 − z²) / σ · dσ/dr, dσ/dr = 1 / (1 + e) where r ≥ 0, else e / (1 + e)
/// </code></remarks>
/// <param name="minimumScale">m.</param>
/// <param name="full">Whether the constant is part of it.</param>
internal sealed class GaussianLoss(float minimumScale, bool full) : Loss<float>
{
    private const double HalfLogarithmOfTwoPi = 0.918938533204672742;

    public override int OutputsPerTarget => 2;

    public override string ToString() => FormattableString.Invariant(
        $"{nameof(GaussianNegativeLogLikelihood)}(minimumScale {minimumScale}{(full ? ", full" : string.Empty)})");

    /// <summary>σ of r, with the smallest scale m.</summary>
    public static double Scale(double r, double minimum) =>
        minimum + Math.Max(r, 0) + NaturalLogarithm.OfOnePlus(NaturalExponential.Of(-Math.Abs(r))); // (7)

    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) =>
        TargetChecks.ThrowUnlessSoManyPerTarget(this, prediction, target, OutputsPerTarget);

    protected override double ComputeSum(
        ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, double divisor)
    {
        double sum = 0, constant = full ? HalfLogarithmOfTwoPi : 0;
        for (int n = 0; n < target.Length; n++)
        {
            double mean = prediction[2 * n], r = prediction[(2 * n) + 1];
            double scale = Scale(r, minimumScale);
            double z = (target[n] - mean) / scale; // (8)
            sum += NaturalLogarithm.Of(scale) + (z * z / 2) + constant; // (9)
            if (!gradient.IsEmpty)
            {
                double e = NaturalExponential.Of(-Math.Abs(r)), slope = (r >= 0 ? 1 : e) / (1 + e);
                gradient[2 * n] = LossSum.ToSingle(-z / scale / divisor); // (10)
                gradient[(2 * n) + 1] = LossSum.ToSingle((1 - (z * z)) / scale * slope / divisor); // (11)
            }
        }

        return sum;
    }
}
