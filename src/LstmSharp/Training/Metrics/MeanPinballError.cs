namespace LstmSharp;

/// <summary>The mean of max(τ·d, (τ − 1)·d), d = t − q, over targets t and the levels τ of their quantiles q, in units of the target.</summary>
/// <remarks>The number that <see cref="Loss.Quantile"/> is: to have it beside another loss, or in other units.</remarks>
public sealed class MeanPinballError : Metric<float>
{
    private readonly QuantileLoss _loss;
    private double _sum;

    /// <summary>Makes an empty metric.</summary>
    /// <param name="levels">The levels of each target's outputs, above 0 and below 1, ascending, at least one.</param>
    /// <exception cref="ArgumentException">There is no level, one is out of range, or they do not ascend.</exception>
    public MeanPinballError(params ReadOnlySpan<float> levels) =>
        _loss = new QuantileLoss(QuantileLevels.Checked(nameof(MeanPinballError), levels));

    /// <summary>How many targets were counted.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override double Value => Count == 0 ? double.NaN : _sum / Count;

    /// <inheritdoc/>
    public override string Settings => $"{base.Settings}({_loss})";

    /// <inheritdoc/>
    public override void Reset() => (_sum, Count) = (0, 0);

    /// <inheritdoc/>
    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) =>
        TargetChecks.ThrowUnlessSoManyPerTarget(nameof(MeanPinballError), prediction, target, _loss.OutputsPerTarget);

    /// <inheritdoc/>
    protected override void Accumulate(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        int levels = _loss.OutputsPerTarget;
        for (int n = 0; n < target.Length; n++)
        {
            _sum += _loss.Sum(prediction.Slice(n * levels, levels), target.Slice(n, 1), [], divisor: 1);
            Count++;
        }
    }
}
