namespace LstmSharp;

/// <summary>A loss that is the mean of a function of d = prediction − target.</summary>
internal sealed class DifferenceLoss<TFunction>(TFunction function) : Loss<float>
    where TFunction : struct, IDifferenceFunction
{
    public override string ToString() => function.ToString()!;

    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) =>
        TargetChecks.ThrowUnlessOnePerValue(this, prediction, target);

    protected override float Compute(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient)
    {
        double sum = 0;
        for (int n = 0; n < prediction.Length; n++)
        {
            double difference = (double)prediction[n] - target[n];
            sum += function.Value(difference);
            if (!gradient.IsEmpty)
            {
                gradient[n] = (float)(function.Slope(difference) / prediction.Length);
            }
        }

        return (float)(sum / prediction.Length);
    }
}

/// <summary>A function of a difference and its derivative.</summary>
internal interface IDifferenceFunction
{
    double Value(double difference);

    double Slope(double difference);
}

internal readonly struct SquaredDifference : IDifferenceFunction
{
    public double Value(double difference) => difference * difference;

    public double Slope(double difference) => 2 * difference;

    public override string ToString() => nameof(Loss.MeanSquaredError);
}

internal readonly struct AbsoluteDifference : IDifferenceFunction
{
    public double Value(double difference) => Math.Abs(difference);

    public double Slope(double difference) => difference > 0 ? 1 : difference < 0 ? -1 : 0 * difference;

    public override string ToString() => nameof(Loss.MeanAbsoluteError);
}

internal readonly struct HuberDifference(float delta) : IDifferenceFunction
{
    public double Value(double difference)
    {
        double size = Math.Abs(difference);
        return size < delta ? 0.5 * difference * difference : delta * (size - (0.5 * delta));
    }

    public double Slope(double difference) => Math.Clamp(difference, -delta, delta);

    public override string ToString() => FormattableString.Invariant($"{nameof(Loss.Huber)}(delta {delta})");
}
