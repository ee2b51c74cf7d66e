namespace LstmSharp;

/// <summary>The mean of batches' losses, each of which is a mean itself, weighted by the targets it counts.</summary>
internal struct WeightedMean
{
    private double _sum;
    private long _weight;

    /// <summary>0 where nothing was counted.</summary>
    public readonly float Value => _weight == 0 ? 0 : (float)(_sum / _weight);

    public void Add(float loss, int countedTargets)
    {
        _sum += (double)loss * countedTargets;
        _weight += countedTargets;
    }
}
