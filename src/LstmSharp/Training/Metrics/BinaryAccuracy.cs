namespace LstmSharp;

/// <summary>The share of values on the right side: of logits x against targets t from 0 to 1, as
/// <see cref="Loss.BinaryCrossEntropyWithLogits"/> takes them, right where x &gt; 0 and t &gt; ½ agree. A logit of NaN is on no side, so
/// never right; a target that is not from 0 to 1, NaN among them, is refused.</summary>
public sealed class BinaryAccuracy : ValueMetric
{
    /// <inheritdoc/>
    public override bool LargerIsBetter => true;

    private protected override void ThrowIfTargetIsWrong(ReadOnlySpan<float> target)
    {
        int wrong = target.IndexOfAnyExceptInRange(0f, 1f);
        if (wrong >= 0)
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"BinaryAccuracy: target must hold probabilities from 0 to 1, but its value {wrong} is {target[wrong]}."),
                nameof(target));
        }
    }

    private protected override double? Measure(double prediction, double target) =>
        (prediction > 0 && target > 0.5) || (prediction <= 0 && target <= 0.5) ? 1 : 0;
}
