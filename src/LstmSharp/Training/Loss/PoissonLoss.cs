namespace LstmSharp;

/// <summary>The negative log-likelihood of a Poisson distribution.</summary>
/// <remarks>For a target t and the logarithm x of the rate; docs/math/losses.md:
/// <code>
/// (12) λ = e^x, e⁶⁰⁰ where x &gt; 600
/// (13) l = λ − t·x
/// (14) if it is full and t &gt; 1, t·ln t − t + ½·ln(2π·t) more
/// (15) dl/dx = λ − t
/// </code></remarks>
/// <param name="full">Whether (14) is part of it.</param>
internal sealed class PoissonLoss(bool full) : Loss<float>, ILimitedTargets
{
    /// <summary>So far from the largest double that no sum of rates overflows.</summary>
    private const double LargestLogarithm = 600;

    private const double TwoPi = 6.28318530717958648;

    public string Limits => "of 0 and above";

    public override string ToString() => $"{nameof(PoissonNegativeLogLikelihood)}({(full ? "full" : string.Empty)})";

    public int IndexOutsideLimits(ReadOnlySpan<float> target)
    {
        for (int n = 0; n < target.Length; n++)
        {
            if (target[n] is < 0 and not float.NegativeInfinity)
            {
                return n;
            }
        }

        return -1;
    }

    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        TargetChecks.ThrowUnlessOnePerValue(this, prediction, target);
        TargetChecks.ThrowIfOutsideLimits(this, target, "counts of 0 and above");
    }

    protected override double ComputeSum(
        ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, double divisor)
    {
        double sum = 0;
        for (int n = 0; n < prediction.Length; n++)
        {
            double x = prediction[n], t = target[n], rate = NaturalExponential.Of(Math.Min(x, LargestLogarithm)); // (12)
            sum += rate - (t * x); // (13)
            if (full && t > 1)
            {
                sum += (t * NaturalLogarithm.Of(t)) - t + (NaturalLogarithm.Of(TwoPi * t) / 2); // (14)
            }

            if (!gradient.IsEmpty)
            {
                gradient[n] = LossSum.ToSingle((rate - t) / divisor); // (15)
            }
        }

        return sum;
    }
}
