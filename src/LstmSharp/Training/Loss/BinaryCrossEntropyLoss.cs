using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Binary cross-entropy from logits.</summary>
/// <remarks>With e = e^−|x|, which never overflows:
/// <code>
/// (1) l = max(x, 0) − x·t + ln(1 + e)
/// (2) σ(x) = 1 / (1 + e) where x ≥ 0, else e / (1 + e)
/// (3) dl/dx = σ(x) − t
/// </code></remarks>
internal sealed class BinaryCrossEntropyLoss : Loss<float>, ILimitedTargets
{
    public string Limits => "from 0 to 1";

    public override string ToString() => nameof(BinaryCrossEntropyWithLogits);

    public int IndexOutsideLimits(ReadOnlySpan<float> target)
    {
        for (int n = 0; n < target.Length; n++)
        {
            if (target[n] is (< 0 or > 1) and not (float.NegativeInfinity or float.PositiveInfinity))
            {
                return n;
            }
        }

        return -1;
    }

    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        TargetChecks.ThrowUnlessOnePerValue(this, prediction, target);
        TargetChecks.ThrowIfOutsideLimits(this, target, "probabilities from 0 to 1");
    }

    protected override double ComputeSum(
        ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, double divisor)
    {
        Span<float> block = stackalloc float[BlockLength];
        double sum = 0;
        for (int rest = prediction.Length; rest > 0; rest -= block.Length)
        {
            int start = prediction.Length - rest;
            ReadOnlySpan<float> logits = prediction.Slice(start, Math.Min(block.Length, rest));
            Span<float> exponentials = block[..logits.Length];
            for (int n = 0; n < logits.Length; n++)
            {
                exponentials[n] = -MathF.Abs(logits[n]);
            }

            ElementarySpans.Exp(exponentials, exponentials, SimdWidths.Best);
            for (int n = 0; n < logits.Length; n++)
            {
                double x = logits[n], t = target[start + n], e = exponentials[n];
                sum += Math.Max(x, 0) - (x * t) + NaturalLogarithm.Of(1 + e); // (1)
                if (!gradient.IsEmpty)
                {
                    double sigmoid = (x >= 0 ? 1 : e) / (1 + e); // (2)
                    gradient[start + n] = (float)((sigmoid - t) / divisor); // (3)
                }
            }
        }

        return sum;
    }
}
