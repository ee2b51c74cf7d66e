namespace LstmSharp;

/// <summary>Stops training once the validation loss no longer falls, or <see cref="TrainingOptions.Monitor"/> no longer improves, and brings
/// back the weights of the best epoch.</summary>
/// <remarks>The best weights are those of the epoch with the lowest validation loss or the best monitored metric, and they come back when
/// training ends, whatever ends it: its last epoch, this rule, a stop, cancellation, or an exception. Source: Prechelt 1998.</remarks>
public sealed class EarlyStopping : TrainingCallback
{
    private float _lastImprovement = float.PositiveInfinity;
    private int _epochsWithoutImprovement;

    /// <summary>Makes the rule.</summary>
    /// <param name="patience">How many epochs in a row may pass without improvement, 1 or more.</param>
    /// <param name="minimumImprovement">By how much the validation loss must fall below the last improvement (or the metric improve on
    /// it) to count as one; an equal one never counts. Not negative, by default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public EarlyStopping(int patience, float minimumImprovement = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(patience);
        Patience = patience;
        MinimumImprovement = Require.NotNegative(minimumImprovement);
    }

    /// <summary>How many epochs in a row may pass without improvement.</summary>
    public int Patience { get; }

    /// <summary>By how much the validation loss must fall, or the metric improve, to count as an improvement.</summary>
    public float MinimumImprovement { get; }

    /// <inheritdoc/>
    public override bool BringsBestWeightsBack => true;

    /// <summary>Stops a run that is resumed although the patience was over when it was saved.</summary>
    /// <inheritdoc/>
    public override void OnTrainingBegin(TrainingContext context) => StopWhereThePatienceIsOver(context);

    /// <summary>Counts the epoch, and stops once too many brought no improvement.</summary>
    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        float score = context.LastScore;
        _epochsWithoutImprovement++;
        if (score < _lastImprovement - MinimumImprovement)
        {
            _lastImprovement = score;
            _epochsWithoutImprovement = 0;
        }

        StopWhereThePatienceIsOver(context);
    }

    /// <inheritdoc/>
    public override string SaveState() => StateText.Of(_lastImprovement, _epochsWithoutImprovement);

    /// <inheritdoc/>
    public override void RestoreState(string? state)
    {
        double[] values = state is null ? [float.PositiveInfinity, 0] : StateText.Read(state, 2);
        (_lastImprovement, _epochsWithoutImprovement) = ((float)values[0], StateText.Count(values[1]));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"EarlyStopping(patience {Patience}, minimumImprovement {MinimumImprovement})");

    internal override (string Option, string Settings)? SettingsOf(TrainingOptions options) =>
        (nameof(options.EarlyStopping), ToString());

    private void StopWhereThePatienceIsOver(TrainingContext context)
    {
        if (_epochsWithoutImprovement >= Patience)
        {
            context.Stop(StopReason.EarlyStopped);
        }
    }
}
