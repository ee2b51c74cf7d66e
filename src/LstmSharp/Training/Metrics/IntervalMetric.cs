namespace LstmSharp;

/// <summary>A metric of forecast intervals: of each target a model gives several outputs, as for <see cref="Loss.Quantile"/>, and two of them
/// are the ends of an interval.</summary>
public abstract class IntervalMetric : Metric<float>
{
    private readonly int _lower;
    private readonly int _upper;
    private double _sum;

    /// <param name="outputsPerTarget">How many outputs each target has, side by side.</param>
    /// <param name="lower">The place of the lower end among them.</param>
    /// <param name="upper">The place of the upper end; null for the last.</param>
    private protected IntervalMetric(int outputsPerTarget, int lower, int? upper)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputsPerTarget, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(lower);
        int end = upper ?? outputsPerTarget - 1;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(end, outputsPerTarget, nameof(upper));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(end, lower, nameof(upper));
        (OutputsPerTarget, _lower, _upper) = (outputsPerTarget, lower, end);
    }

    /// <summary>How many outputs each target has.</summary>
    public int OutputsPerTarget { get; }

    /// <summary>How many targets were counted.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public sealed override double Value => Count == 0 ? double.NaN : _sum / Count;

    /// <inheritdoc/>
    public sealed override string Settings => FormattableString.Invariant($"{base.Settings}({OutputsPerTarget}, {_lower}, {_upper})");

    /// <inheritdoc/>
    public sealed override void Reset() => (_sum, Count) = (0, 0);

    /// <inheritdoc/>
    protected sealed override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) =>
        TargetChecks.ThrowUnlessSoManyPerTarget(GetType().Name, prediction, target, OutputsPerTarget);

    /// <inheritdoc/>
    protected sealed override void Accumulate(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        for (int n = 0; n < target.Length; n++)
        {
            ReadOnlySpan<float> outputs = prediction.Slice(n * OutputsPerTarget, OutputsPerTarget);
            _sum += Measure(outputs[_lower], outputs[_upper], target[n]);
            Count++;
        }
    }

    private protected abstract double Measure(double lower, double upper, double target);
}
