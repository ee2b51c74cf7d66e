using System.Globalization;
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
/// A row weighs what its class t weighs, 1 by default, and nothing where it is ignored.</remarks>
/// <param name="labelSmoothing">ε.</param>
/// <param name="classWeights">The weight of each class; null where all weigh 1.</param>
internal sealed class CrossEntropyLoss(float labelSmoothing, float[]? classWeights = null) : Loss<int>
{
    /// <summary>How many classes have weights; 0 for any number of classes.</summary>
    public int Classes => classWeights?.Length ?? 0;

    public override string ToString() =>
        classWeights is not null ? $"{nameof(WeightedCrossEntropy)}({string.Join(", ", classWeights.Select(WeightText))})"
        : labelSmoothing == 0 ? nameof(CrossEntropy)
        : FormattableString.Invariant($"{nameof(SmoothedCrossEntropy)}(labelSmoothing {labelSmoothing})");

    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target)
    {
        TargetChecks.ThrowUnlessClassesFit(this, prediction, target);
        if (classWeights is not null && !target.IsEmpty && prediction.Length / target.Length != Classes)
        {
            throw new ArgumentException(
                $"{this}: prediction must hold {Classes} classes for each target, one for each class weight, but holds " +
                $"{prediction.Length / target.Length}.",
                nameof(prediction));
        }
    }

    /// <summary>Adds the rows' losses as <see cref="Loss{TTarget}.Sum"/> does.</summary>
    /// <param name="losses">The loss of each row, as <see cref="ComputeRow"/> gives it.</param>
    /// <param name="rowWeights">The rows' weights; empty where each is 1.</param>
    internal static double SumOf(ReadOnlySpan<double> losses, ReadOnlySpan<float> rowWeights)
    {
        double sum = 0;
        for (int start = 0, end; start < losses.Length; start = end)
        {
            end = rowWeights.IsEmpty ? losses.Length : EndOfRun(rowWeights, start);
            double ofRun = 0;
            foreach (double loss in losses[start..end])
            {
                ofRun += loss;
            }

            sum += rowWeights.IsEmpty ? ofRun : rowWeights[start] == 0 ? 0 : rowWeights[start] * ofRun;
        }

        return sum;
    }

    protected override double SumWeights(ReadOnlySpan<int> target)
    {
        if (classWeights is null)
        {
            return target.Length - target.Count(IgnoredTarget);
        }

        double sum = 0;
        foreach (int label in target)
        {
            sum += label == IgnoredTarget ? 0 : classWeights[label];
        }

        return sum;
    }

    protected override double ComputeSum(
        ReadOnlySpan<float> prediction, ReadOnlySpan<int> target, Span<float> gradient, double divisor)
    {
        int classes = prediction.Length / target.Length;
        double sum = 0;
        for (int row = 0; row < target.Length; row++)
        {
            ReadOnlySpan<float> logits = prediction.Slice(row * classes, classes);
            Span<float> rowGradient = gradient.IsEmpty ? [] : gradient.Slice(row * classes, classes);
            sum += ComputeRow(logits, target[row], rowGradient, divisor);
        }

        return sum;
    }

    /// <summary>The loss w·l of one row, and its gradient, unless that is empty.</summary>
    /// <param name="logits">The row.</param>
    /// <param name="target">Its class, or <see cref="Loss.IgnoredTarget"/>.</param>
    /// <param name="gradient">Receives d(w·l / divisor)/dlogits; may lie where the logits do.</param>
    /// <param name="divisor">What the gradient is divided by, positive.</param>
    internal double ComputeRow(ReadOnlySpan<float> logits, int target, Span<float> gradient, double divisor)
    {
        if (target == IgnoredTarget)
        {
            gradient.Clear();
            return 0;
        }

        float largest = TensorPrimitives.Max(logits);
        double weight = classWeights?[target] ?? 1;
        double shared = (double)labelSmoothing / logits.Length, own = 1 - (double)labelSmoothing; // (2)
        double weighted = own * ((double)logits[target] - largest);
        if (labelSmoothing != 0)
        {
            foreach (float logit in logits)
            {
                weighted += shared * ((double)logit - largest);
            }
        }

        double total = SumOfExponentials(logits, largest, gradient); // (1)
        if (!gradient.IsEmpty)
        {
            float ofTarget = (float)(weight * ((gradient[target] / total) - (shared + own)) / divisor); // (4)
            ComputeGradient(gradient, total, shared, weight, divisor);
            gradient[target] = ofTarget;
        }

        return weight * (NaturalLogarithm.Of(total) - weighted); // (3)
    }

    /// <summary>Makes gradients of exponentials, as (4) does where k ≠ t, in double, several at once.</summary>
    private static void ComputeGradient(Span<float> terms, double total, double shared, double weight, double divisor)
    {
        Span<double> block = stackalloc double[BlockLength];
        for (; !terms.IsEmpty; terms = terms[block.Length..])
        {
            block = block[..Math.Min(block.Length, terms.Length)];
            Span<float> part = terms[..block.Length];
            TensorPrimitives.ConvertTruncating<float, double>(part, block);
            TensorPrimitives.Divide(block, total, block);
            TensorPrimitives.Subtract(block, shared, block);
            TensorPrimitives.Multiply(block, weight, block);
            TensorPrimitives.Divide(block, divisor, block);
            TensorPrimitives.ConvertTruncating<double, float>(block, part);
        }
    }

    private static string WeightText(float weight) => weight.ToString(CultureInfo.InvariantCulture);

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
