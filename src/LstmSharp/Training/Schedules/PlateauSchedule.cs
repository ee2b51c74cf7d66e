namespace LstmSharp;

/// <summary>Lowers the learning rate once the loss no longer falls: PyTorch's ReduceLROnPlateau of a loss (mode min).</summary>
/// <remarks>It watches the validation loss, without validation the training loss, or <see cref="TrainingOptions.Monitor"/>. An epoch is
/// good if its loss lies below
/// best − |best|·threshold (PyTorch: best·(1 − threshold), which takes worse for better where losses are negative), or with
/// <see cref="PlateauThreshold.Absolute"/> below best − threshold; otherwise it is bad, except during the
/// cool-down. After more than <c>patience</c> bad epochs in a row the rate becomes max(rate·factor, minimumRate), if that changes it by
/// more than 10⁻⁸ (PyTorch's eps).</remarks>
public sealed class PlateauSchedule : LearningRateSchedule
{
    private const double SmallestChange = 1e-8;
    private readonly double _factor;
    private readonly int _patience;
    private readonly double _threshold;
    private readonly PlateauThreshold _thresholdMode;
    private readonly int _coolDown;
    private readonly float _minimumRate;
    private double? _rate;
    private double _best;
    private int _badEpochs;
    private int _coolDownLeft;

    /// <summary>Makes the schedule.</summary>
    /// <param name="factor">By what the rate is multiplied, above 0 and below 1. By default 0.1.</param>
    /// <param name="patience">How many bad epochs in a row leave the rate as it is, 0 or more. By default 10.</param>
    /// <param name="threshold">How much better than the best an epoch must be to be good, not negative; below 1 as a share. By default
    /// 0.0001.</param>
    /// <param name="thresholdMode">Whether the threshold is a share of the best loss, as by default, or an amount.</param>
    /// <param name="coolDown">For how many epochs after a change none is bad, 0 or more (PyTorch's cooldown). By default 0.</param>
    /// <param name="minimumRate">The lowest rate, not negative (min_lr). By default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public PlateauSchedule(
        double factor = 0.1,
        int patience = 10,
        double threshold = 1e-4,
        PlateauThreshold thresholdMode = PlateauThreshold.Relative,
        int coolDown = 0,
        float minimumRate = 0)
        : base(ScheduleInterval.Epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(coolDown);
        _factor = Require.Lowering(factor);
        _thresholdMode = Enum.IsDefined(thresholdMode)
            ? thresholdMode
            : throw new ArgumentOutOfRangeException(nameof(thresholdMode), thresholdMode, "There is no such mode.");
        _threshold = thresholdMode == PlateauThreshold.Absolute || threshold < 1
            ? Require.Between(threshold, 0, float.MaxValue)
            : throw new ArgumentOutOfRangeException(
                nameof(threshold), threshold, "threshold must be below 1 as a share: no loss is more than all of the best one lower.");
        _patience = patience;
        _coolDown = coolDown;
        _minimumRate = Require.NotNegative(minimumRate);
    }

    internal override bool DependsOnEpochs => false;

    /// <inheritdoc/>
    public override void OnTrainingBegin(TrainingContext context)
    {
        _rate ??= context.InitialLearningRate;
        if (!context.IsResumed)
        {
            context.LearningRate = (float)_rate;
        }
    }

    /// <inheritdoc/>
    public override string? SaveState() => _rate is { } rate ? StateText.Of(rate, _best, _badEpochs, _coolDownLeft) : null;

    /// <inheritdoc/>
    public override void RestoreState(string? state)
    {
        (_rate, _best, _badEpochs, _coolDownLeft) = (null, double.PositiveInfinity, 0, 0);
        if (state is not null && StateText.Read(state, 4) is [var rate, var best, var badEpochs, var coolDownLeft])
        {
            _rate = rate >= 0 && float.IsFinite((float)rate)
                ? rate
                : throw new FormatException(
                    FormattableString.Invariant($"The learning rate must be finite and not negative, but is {rate}."));
            (_best, _badEpochs, _coolDownLeft) = (best, StateText.Count(badEpochs), StateText.Count(coolDownLeft));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"PlateauSchedule(factor {_factor}, patience {_patience}, threshold {_threshold} {_thresholdMode}, coolDown {_coolDown}, ") +
        FormattableString.Invariant($"minimumRate {_minimumRate})");

    /// <inheritdoc/>
    protected override double NextRate(TrainingContext context) =>
        RateAfter(context.LastScore);

    /// <summary>Takes the step that an epoch's loss leads to.</summary>
    internal double RateAfter(double loss)
    {
        double share = _best < 0 ? 1 + _threshold : 1 - _threshold;
        bool good = loss < (_thresholdMode == PlateauThreshold.Relative ? _best * share : _best - _threshold);
        _best = good ? loss : _best;
        _badEpochs = good ? 0 : _badEpochs + 1;
        if (_coolDownLeft > 0)
        {
            _coolDownLeft--;
            _badEpochs = 0;
        }

        if (_badEpochs > _patience)
        {
            double lowered = Math.Max(_rate!.Value * _factor, _minimumRate);
            _rate = _rate - lowered > SmallestChange ? lowered : _rate;
            _coolDownLeft = _coolDown;
            _badEpochs = 0;
        }

        return _rate!.Value;
    }
}
