namespace LstmSharp;

/// <summary>The sums of one epoch.</summary>
internal struct EpochTotals
{
    private WeightedMean _loss;
    private double _norms;
    private double _largestNorm;
    private int _batches;
    private float _learningRate;

    /// <summary>How many numbers <see cref="ToNumbers"/> gives.</summary>
    public const int NumberCount = 6;

    public readonly float MeanLoss => _loss.Value;

    public readonly int Batches => _batches;

    public void Add(float loss, int countedTargets, double gradientNorm, float learningRate)
    {
        _loss.Add(loss, countedTargets);
        _norms += gradientNorm;
        _largestNorm = Math.Max(_largestNorm, gradientNorm);
        _batches++;
        _learningRate = learningRate;
    }

    public readonly EpochSummary Summarize(int epoch, float? validationLoss, TimeSpan duration) =>
        new(epoch, MeanLoss, validationLoss, (float)(_norms / _batches), (float)_largestNorm, _learningRate, duration);

    /// <summary>All of it, for a checkpoint.</summary>
    public readonly double[] ToNumbers() => [_loss.Sum, _loss.Weight, _norms, _largestNorm, _batches, _learningRate];

    /// <summary>Takes what <see cref="ToNumbers"/> gave.</summary>
    public static EpochTotals FromNumbers(ReadOnlySpan<double> numbers) => new()
    {
        _loss = new WeightedMean(numbers[0], (long)numbers[1]),
        _norms = numbers[2],
        _largestNorm = numbers[3],
        _batches = (int)numbers[4],
        _learningRate = (float)numbers[5],
    };
}
