namespace LstmSharp;

/// <summary>A metric that follows from the mean of a function of prediction and target.</summary>
public abstract class ValueMetric : Metric<float>
{
    private double _sum;

    private protected ValueMetric()
    {
    }

    /// <summary>How many values were counted.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public sealed override double Value => Count == 0 ? double.NaN : Finish(_sum / Count);

    /// <inheritdoc/>
    public override void Reset() => (_sum, Count) = (0, 0);

    /// <inheritdoc/>
    protected sealed override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        TargetChecks.ThrowUnlessOnePerValue(GetType().Name, prediction, target);
        ThrowIfTargetIsWrong(target);
    }

    /// <inheritdoc/>
    protected sealed override void Accumulate(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        for (int n = 0; n < prediction.Length; n++)
        {
            if (Measure(prediction[n], target[n]) is { } term)
            {
                _sum += term;
                Count++;
            }
        }
    }

    /// <returns>The term of the mean, or null for a target that is left out.</returns>
    private protected abstract double? Measure(double prediction, double target);

    /// <summary>Throws where a target has no meaning; by default every one has, and NaN shows in the value.</summary>
    private protected virtual void ThrowIfTargetIsWrong(ReadOnlySpan<float> target)
    {
    }

    private protected virtual double Finish(double mean) => mean;
}
