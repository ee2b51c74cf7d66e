namespace LstmSharp;

/// <summary>The sums of one epoch.</summary>
internal struct EpochTotals
{
    private LossSum _loss;
    private double _norms;
    private double _largestNorm;
    private int _batches;

    /// <summary>How many numbers <see cref="ToNumbers"/> gives.</summary>
    public const int NumberCount = 8;

    public readonly float MeanLoss => _loss.Value;

    public readonly int Batches => _batches;

    public float LastLoss { get; private set; }

    public float LastGradientNorm { get; private set; }

    public float LastLearningRate { get; private set; }

    public void Add(LossSum loss, double gradientNorm, float learningRate)
    {
        _loss += loss;
        _norms += gradientNorm;
        _largestNorm = Math.Max(_largestNorm, gradientNorm);
        _batches++;
        (LastLoss, LastGradientNorm, LastLearningRate) = (loss.ValueOrZero, (float)gradientNorm, learningRate);
    }

    public readonly EpochSummary Summarize(int epoch, float? validationLoss, float? metric, TimeSpan duration) =>
        new(epoch, MeanLoss, validationLoss, (float)(_norms / _batches), (float)_largestNorm, LastLearningRate, duration)
        {
            MonitoredMetric = metric,
        };

    /// <summary>All of it, for a checkpoint.</summary>
    public readonly double[] ToNumbers() =>
        [_loss.Sum, _loss.Weight, _norms, _largestNorm, _batches, LastLoss, LastGradientNorm, LastLearningRate];

    /// <summary>Takes what <see cref="ToNumbers"/> gave.</summary>
    public static EpochTotals FromNumbers(ReadOnlySpan<double> numbers) => new()
    {
        _loss = new LossSum(numbers[0], numbers[1]),
        _norms = numbers[2],
        _largestNorm = numbers[3],
        _batches = (int)numbers[4],
        LastLoss = (float)numbers[5],
        LastGradientNorm = (float)numbers[6],
        LastLearningRate = (float)numbers[7],
    };
}
