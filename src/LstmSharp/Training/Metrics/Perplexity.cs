namespace LstmSharp;

/// <summary>Perplexity of a model of classes: e to the mean of −ln softmax(x)[t], from logits x. A model that is as unsure as among k equally
/// likely classes has the perplexity k; 1 is the best there is.</summary>
/// <remarks>Rows whose target is <see cref="Loss.IgnoredTarget"/> count for nothing. +∞ where the mean is beyond 709.</remarks>
public sealed class Perplexity : Metric<int>
{
    private double _sum;

    /// <summary>How many rows were counted: those whose target is not ignored.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override double Value => Count == 0 ? double.NaN : NaturalExponential.Of(_sum / Count);

    /// <inheritdoc/>
    public override void Reset() => (_sum, Count) = (0, 0);

    /// <inheritdoc/>
    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target) =>
        TargetChecks.ThrowUnlessClassesFit(nameof(Perplexity), prediction, target);

    /// <inheritdoc/>
    protected override void Accumulate(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target)
    {
        int classes = target.IsEmpty ? 0 : prediction.Length / target.Length;
        for (int row = 0; row < target.Length; row++)
        {
            if (target[row] != Loss.IgnoredTarget)
            {
                _sum += Loss.CrossEntropy.Sum(prediction.Slice(row * classes, classes), target.Slice(row, 1), [], divisor: 1);
                Count++;
            }
        }
    }
}
