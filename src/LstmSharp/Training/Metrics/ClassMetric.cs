namespace LstmSharp;

/// <summary>A metric of the likeliest class: the first of the largest logits of a row.</summary>
/// <remarks>Rows whose target is <see cref="Loss.IgnoredTarget"/> count for nothing. A NaN is never larger than another logit.</remarks>
public abstract class ClassMetric : Metric<int>
{
    private protected ClassMetric()
    {
    }

    /// <inheritdoc/>
    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target) =>
        TargetChecks.ThrowUnlessClassesFit(GetType().Name, prediction, target);

    /// <inheritdoc/>
    protected sealed override void Accumulate(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target)
    {
        int classes = target.IsEmpty ? 0 : prediction.Length / target.Length;
        for (int row = 0; row < target.Length; row++)
        {
            if (target[row] != Loss.IgnoredTarget)
            {
                Count(target[row], IndexOfLargest(prediction.Slice(row * classes, classes)));
            }
        }
    }

    private protected abstract void Count(int target, int predicted);

    private static int IndexOfLargest(ReadOnlySpan<float> logits)
    {
        int largest = 0;
        for (int k = 1; k < logits.Length; k++)
        {
            largest = logits[k] > logits[largest] ? k : largest;
        }

        return largest;
    }
}
