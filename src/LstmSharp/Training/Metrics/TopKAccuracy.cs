namespace LstmSharp;

/// <summary>The share of rows whose target is among the k likeliest classes, from 0 to 1.</summary>
/// <remarks>Of equal logits the first one counts as the likelier, so that with k = 1 it is <see cref="Accuracy"/>. Rows whose target is
/// <see cref="Loss.IgnoredTarget"/> count for nothing; a row with a NaN counts, but is never right.</remarks>
public sealed class TopKAccuracy : Metric<int>
{
    /// <summary>Makes an empty metric.</summary>
    /// <param name="k">How many classes may be named, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is below 1.</exception>
    public TopKAccuracy(int k) => K = Require.AtLeastOne(k);

    /// <inheritdoc/>
    public override string Settings => FormattableString.Invariant($"{base.Settings}({K})");

    /// <summary>How many classes may be named.</summary>
    public int K { get; }

    /// <summary>How many rows were right.</summary>
    public long Right { get; private set; }

    /// <summary>How many rows were counted: those whose target is not ignored.</summary>
    public long Total { get; private set; }

    /// <inheritdoc/>
    public override double Value => Total == 0 ? double.NaN : (double)Right / Total;

    /// <inheritdoc/>
    public override bool LargerIsBetter => true;

    /// <inheritdoc/>
    public override void Reset() => (Right, Total) = (0, 0);

    /// <inheritdoc/>
    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target)
    {
        TargetChecks.ThrowUnlessClassesFit(nameof(TopKAccuracy), prediction, target);
        if (!target.IsEmpty && prediction.Length / target.Length < K)
        {
            throw new ArgumentException(
                $"TopKAccuracy: prediction must hold at least k = {K} classes for each target, but holds {prediction.Length / target.Length}.",
                nameof(prediction));
        }
    }

    /// <inheritdoc/>
    protected override void Accumulate(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target)
    {
        int classes = target.IsEmpty ? 0 : prediction.Length / target.Length;
        for (int row = 0; row < target.Length; row++)
        {
            if (target[row] != Loss.IgnoredTarget)
            {
                Right += IsAmongLikeliest(prediction.Slice(row * classes, classes), target[row]) ? 1 : 0;
                Total++;
            }
        }
    }

    private bool IsAmongLikeliest(ReadOnlySpan<float> logits, int target)
    {
        int before = 0;
        for (int k = 0; k < logits.Length; k++)
        {
            if (float.IsNaN(logits[k]))
            {
                return false;
            }

            before += logits[k] > logits[target] || (logits[k] == logits[target] && k < target) ? 1 : 0;
        }

        return before < K;
    }
}
