namespace LstmSharp;

/// <summary>The share of values on the right side: of logits x against targets t from 0 to 1, as
/// <see cref="Loss.BinaryCrossEntropyWithLogits"/> takes them, right where x &gt; 0 and t &gt; ½ agree. NaN is on no side, so
/// never right.</summary>
public sealed class BinaryAccuracy : ValueMetric
{
    private protected override double? Measure(double prediction, double target) =>
        (prediction > 0 && target > 0.5) || (prediction <= 0 && target <= 0.5) ? 1 : 0;
}
