namespace LstmSharp;

/// <summary>The sums of one epoch.</summary>
internal struct EpochTotals
{
    private WeightedMean _loss;
    private double _norms;
    private double _largestNorm;
    private int _batches;

    public readonly float MeanLoss => _loss.Value;

    public void Add(float loss, int countedTargets, double gradientNorm)
    {
        _loss.Add(loss, countedTargets);
        _norms += gradientNorm;
        _largestNorm = Math.Max(_largestNorm, gradientNorm);
        _batches++;
    }

    public readonly EpochSummary Summarize(int epoch, float? validationLoss, TimeSpan duration) =>
        new(epoch, MeanLoss, validationLoss, (float)(_norms / _batches), (float)_largestNorm, duration);
}
