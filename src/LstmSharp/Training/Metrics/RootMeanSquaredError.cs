namespace LstmSharp;

/// <summary>RMSE: the root of the mean of (p − t)², in units of the target; large errors weigh more than in
/// <see cref="MeanAbsoluteError"/>.</summary>
public sealed class RootMeanSquaredError : ValueMetric
{
    private protected override double? Measure(double prediction, double target) => (prediction - target) * (prediction - target);

    private protected override double Finish(double mean) => Math.Sqrt(mean);
}
