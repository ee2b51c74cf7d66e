namespace LstmSharp;

/// <summary>A copy of the weights of the epoch with the best score: the lowest validation loss, or the best monitored metric.</summary>
internal sealed class BestWeights(ParameterSet parameters)
{
    /// <summary>The copy; zeros before an epoch was offered.</summary>
    public ParameterSet Copy { get; } = parameters.CreateZeros();

    /// <summary>The lowest score, the lower the better; infinite before an epoch was offered.</summary>
    public float LowestScore { get; set; } = float.PositiveInfinity;

    /// <summary>Whether an epoch was ever offered.</summary>
    public bool IsKnown => LowestScore < float.PositiveInfinity;

    /// <summary>Copies the weights if an epoch's score is the lowest so far, and not where it is equal.</summary>
    public void Offer(float score)
    {
        if (score < LowestScore)
        {
            LowestScore = score;
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
