namespace LstmSharp;

/// <summary>A copy of the weights of the epoch with the lowest validation loss, and how long it has not improved.</summary>
internal sealed class BestWeights(ParameterSet parameters)
{
    private readonly ParameterSet _copy = parameters.CreateZeros();
    private float _lowest = float.PositiveInfinity;
    private float _lastImprovement = float.PositiveInfinity;

    /// <summary>For how many epochs in a row the loss has not improved by the minimum.</summary>
    public int EpochsWithoutImprovement { get; private set; }

    /// <summary>Whether an epoch was ever offered.</summary>
    public bool IsKnown => float.IsFinite(_lowest);

    /// <summary>Notes an epoch's validation loss and copies the weights if it is the lowest so far.</summary>
    public void Offer(float validationLoss, float minimumImprovement)
    {
        if (validationLoss < _lowest)
        {
            _lowest = validationLoss;
            _copy.CopyFrom(parameters);
        }

        EpochsWithoutImprovement++;
        if (validationLoss < _lastImprovement - minimumImprovement)
        {
            _lastImprovement = validationLoss;
            EpochsWithoutImprovement = 0;
        }
    }

    /// <summary>Brings the best weights back, if an epoch was ever offered.</summary>
    public void Restore()
    {
        if (IsKnown)
        {
            parameters.CopyFrom(_copy);
        }
    }
}
