using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Cross-entropy from logits and class numbers.</summary>
/// <remarks>For a row x of K logits with target t and smoothing ε, with m = max x, which keeps every exponential at or below 1:
/// <code>
/// (1) s  = Σ e^(x_k − m)
/// (2) q  = ε/K, and 1 − ε more at k = t
/// (3) l  = ln s − Σ q_k·(x_k − m)
/// (4) dl/dx_k = e^(x_k − m) / s − q_k
/// </code>
/// and the loss is the mean of l over the rows that are not ignored.</remarks>
internal sealed class CrossEntropyLoss(float labelSmoothing) : Loss<int>
{
    public override string ToString() => labelSmoothing == 0
        ? nameof(CrossEntropy)
        : FormattableString.Invariant($"{nameof(SmoothedCrossEntropy)}(labelSmoothing {labelSmoothing})");

    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target) =>
        TargetChecks.ThrowUnlessClassesFit(this, prediction, target);

    protected internal override int CountTargets(ReadOnlySpan<int> target) => target.Length - target.Count(IgnoredTarget);

    protected override float Compute(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target, Span<float> gradient)
    {
        int classes = prediction.Length / target.Length;
        int counted = CountTargets(target);
        double sum = 0;
        for (int row = 0; row < target.Length; row++)
        {
            ReadOnlySpan<float> logits = prediction.Slice(row * classes, classes);
            Span<float> rowGradient = gradient.IsEmpty ? [] : gradient.Slice(row * classes, classes);
            if (target[row] == IgnoredTarget)
            {
                rowGradient.Clear();
            }
            else
            {
                sum += ComputeRow(logits, target[row], rowGradient, counted);
            }
        }

        return counted == 0 ? 0 : (float)(sum / counted);
    }

    private double ComputeRow(ReadOnlySpan<float> logits, int target, Span<float> gradient, int counted)
    {
        float largest = TensorPrimitives.Max(logits);
        double shared = (double)labelSmoothing / logits.Length, own = 1 - (double)labelSmoothing; // (2)
        double total = SumOfExponentials(logits, largest, gradient); // (1)
        double weighted = own * ((double)logits[target] - largest);
        if (labelSmoothing != 0)
        {
            foreach (float logit in logits)
            {
                weighted += shared * ((double)logit - largest);
            }
        }

        for (int k = 0; k < gradient.Length; k++)
        {
            double q = k == target ? shared + own : shared;
            gradient[k] = (float)(((gradient[k] / total) - q) / counted); // (4)
        }

        return NaturalLogarithm.Of(total) - weighted; // (3)
    }

    /// <summary>Sums e^(x − largest) in double, and leaves the terms in <paramref name="terms"/> unless that is empty.</summary>
    private static double SumOfExponentials(ReadOnlySpan<float> logits, float largest, Span<float> terms)
    {
        Span<float> block = stackalloc float[BlockLength];
        double sum = 0;
        for (int rest = logits.Length; rest > 0; rest -= block.Length)
        {
            int start = logits.Length - rest;
            Span<float> exponentials = block[..Math.Min(block.Length, rest)];
            TensorPrimitives.Subtract(logits.Slice(start, exponentials.Length), largest, exponentials);
            ElementarySpans.Exp(exponentials, exponentials, SimdWidths.Best);
            foreach (float term in exponentials)
            {
                sum += term;
            }

            if (!terms.IsEmpty)
            {
                exponentials.CopyTo(terms[start..]);
            }
        }

        return sum;
    }
}
