namespace LstmSharp;

/// <summary>The mean of batches' losses, each of which is a mean itself, weighted by the targets it counts.</summary>
internal struct WeightedMean(double sum, long weight)
{
    public double Sum { get; private set; } = sum;

    public long Weight { get; private set; } = weight;

    /// <summary>NaN where nothing was counted.</summary>
    public readonly float Value => Weight == 0 ? float.NaN : (float)(Sum / Weight);

    public void Add(float loss, int countedTargets)
    {
        Sum += (double)loss * countedTargets;
        Weight += countedTargets;
    }
}
