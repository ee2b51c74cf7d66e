namespace LstmSharp;

/// <summary>A metric of the likeliest class: the first of the largest logits of a row.</summary>
/// <remarks>Rows whose target is <see cref="Loss.IgnoredTarget"/> count for nothing. A row with a NaN has no likeliest class:
/// it counts, but is never right.</remarks>
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

    /// <param name="target">The true class.</param>
    /// <param name="predicted">The likeliest class; −1 where there is none.</param>
    private protected abstract void Count(int target, int predicted);

    private static int IndexOfLargest(ReadOnlySpan<float> logits)
    {
        int largest = 0;
        for (int k = 0; k < logits.Length; k++)
        {
            if (float.IsNaN(logits[k]))
            {
                return -1;
            }

            largest = logits[k] > logits[largest] ? k : largest;
        }

        return largest;
    }
}
