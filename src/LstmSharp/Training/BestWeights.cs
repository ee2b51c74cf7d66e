namespace LstmSharp;

/// <summary>A copy of the weights of the epoch with the lowest validation loss.</summary>
internal sealed class BestWeights(ParameterSet parameters)
{
    /// <summary>The copy; zeros before an epoch was offered.</summary>
    public ParameterSet Copy { get; } = parameters.CreateZeros();

    /// <summary>The lowest loss; infinite before an epoch was offered.</summary>
    public float LowestLoss { get; set; } = float.PositiveInfinity;

    /// <summary>Whether an epoch was ever offered.</summary>
    public bool IsKnown => float.IsFinite(LowestLoss);

    /// <summary>Copies the weights if an epoch's validation loss is the lowest so far.</summary>
    public void Offer(float validationLoss)
    {
        if (validationLoss < LowestLoss)
        {
            LowestLoss = validationLoss;
            Copy.CopyFrom(parameters);
        }
    }

    /// <summary>Brings the best weights back, if an epoch was ever offered.</summary>
    public void Restore()
    {
        if (IsKnown)
        {
            parameters.CopyFrom(Copy);
        }
    }
}
