namespace LstmSharp;

/// <summary>Stops training once the validation loss no longer falls, and brings back the weights of the best epoch.</summary>
/// <remarks>The best weights are those of the epoch with the lowest validation loss, and they come back when training ends: after
/// the last epoch, early, cancelled, or because an update made a weight overflow; not where a loss or gradient is not finite, which
/// leaves the weights from before its batch (<see cref="NonFiniteTrainingException"/>). Source: Prechelt 1998.</remarks>
public sealed class EarlyStopping
{
    /// <summary>Makes the rule.</summary>
    /// <param name="patience">How many epochs in a row may pass without improvement, 1 or more.</param>
    /// <param name="minimumImprovement">By how much the validation loss must fall below the last improvement to count as one; not
    /// negative, by default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public EarlyStopping(int patience, float minimumImprovement = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(patience);
        Patience = patience;
        MinimumImprovement = Require.NotNegative(minimumImprovement);
    }

    /// <summary>How many epochs in a row may pass without improvement.</summary>
    public int Patience { get; }

    /// <summary>By how much the validation loss must fall to count as an improvement.</summary>
    public float MinimumImprovement { get; }

    /// <inheritdoc/>
    public override string ToString() => $"EarlyStopping(patience {Patience}, minimumImprovement {MinimumImprovement})";
}
