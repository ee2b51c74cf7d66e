namespace LstmSharp;

/// <summary>MAE: the mean of |p − t|, in units of the target.</summary>
public sealed class MeanAbsoluteError : ValueMetric
{
    private protected override double? Measure(double prediction, double target) => Math.Abs(prediction - target);
}
