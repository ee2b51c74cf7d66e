namespace LstmSharp;

/// <summary>The sums of one epoch.</summary>
internal struct EpochTotals
{
    private double _loss;
    private double _norms;
    private double _largestNorm;
    private int _samples;
    private int _batches;

    public readonly float MeanLoss => (float)(_loss / _samples);

    public void Add(float loss, int samples, double gradientNorm)
    {
        _loss += (double)loss * samples;
        _norms += gradientNorm;
        _largestNorm = Math.Max(_largestNorm, gradientNorm);
        _samples += samples;
        _batches++;
    }

    public readonly EpochSummary Summarize(int epoch, float? validationLoss, TimeSpan duration) =>
        new(epoch, MeanLoss, validationLoss, (float)(_norms / _batches), (float)_largestNorm, duration);
}
