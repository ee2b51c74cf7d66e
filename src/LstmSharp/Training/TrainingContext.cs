using System.Diagnostics;

namespace LstmSharp;

/// <summary>A run of training as its callbacks see it: how far it is, what it came to so far, and what may be asked of it.</summary>
public sealed class TrainingContext
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<EpochSummary> _history = [];
    private readonly List<string> _requestedCheckpoints = [];
    private readonly TrainingFaults _faults = new();
    private EpochTotals _totals;
    private long _batchesBefore;
    private TimeSpan _epochTimeBefore;
    private long _epochStart = Stopwatch.GetTimestamp();

    internal TrainingContext(SequenceModel model, TrainingOptions options, int batches)
    {
        Model = model;
        Options = options;
        Batches = batches;
        InitialLearningRate = options.Optimizer.LearningRate;
        History = _history.AsReadOnly();
    }

    /// <summary>The model that is trained. A callback may run it, and may read its weights.</summary>
    public SequenceModel Model { get; }

    /// <summary>How it is trained.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The current epoch, from 1, or the last one that was finished; 0 before the first.</summary>
    public int Epoch { get; private set; }

    /// <summary>How many epochs there are, unless training stops early.</summary>
    public int Epochs => Options.Epochs;

    /// <summary>How many batches of this epoch are done.</summary>
    public int Batch { get; private set; }

    /// <summary>How many batches an epoch has; with <see cref="TrainingOptions.TruncateAfter"/>, how many windows.</summary>
    public int Batches { get; }

    /// <summary>How many batches are done since the first epoch began, those before a checkpoint included.</summary>
    public long BatchesDone => Epoch == 0 ? 0 : ((Epoch - 1L) * Batches) + Batch;

    /// <summary>How many batches all epochs have together.</summary>
    public long TotalBatches => (long)Epochs * Batches;

    /// <summary>The loss of the epoch's last batch so far, measured before its update; 0 before the first.</summary>
    public float BatchLoss => _totals.LastLoss;

    /// <summary>The global norm of that batch's gradients, before clipping.</summary>
    public float GradientNorm => _totals.LastGradientNorm;

    /// <summary>The mean loss of this epoch's counted targets so far; NaN before the first.</summary>
    public float TrainingLoss => _totals.MeanLoss;

    /// <summary>The last known validation loss; null before the first validation and without any.</summary>
    public float? ValidationLoss { get; private set; }

    /// <summary>The optimizer's learning rate. Set, it holds for the batches that follow, unless a schedule changes it again. When
    /// training ends, the rate that the optimizer had before comes back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float LearningRate
    {
        get => Options.Optimizer.LearningRate;
        set => Options.Optimizer.LearningRate = value;
    }

    /// <summary>The learning rate that the optimizer had when training began: what schedules start from.</summary>
    public float InitialLearningRate { get; }

    /// <summary>Every finished epoch, in order, those before a checkpoint included.</summary>
    public IReadOnlyList<EpochSummary> History { get; }

    /// <summary>Whether this run goes on from a checkpoint.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>The time since this call of <c>Fit</c> began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Why training ends: once that is known, null before.</summary>
    public StopReason? StopReason { get; private set; }

    /// <summary>The faults of callbacks and checkpoints after which this run went on, in the order of their first failures.</summary>
    public IReadOnlyList<TrainingFault> Faults => _faults.All;

    /// <summary>What <see cref="IProgress{T}"/> is told.</summary>
    public TrainingProgress Progress
    {
        get
        {
            TimeSpan elapsed = Elapsed;
            return new TrainingProgress(
                Epoch, Epochs, Batch, Batches, TrainingLoss, ValidationLoss, elapsed, TimeFor(TotalBatches - BatchesDone, elapsed))
            {
                Faults = _faults.All,
            };
        }
    }

    /// <summary>Ends training before the next batch; an epoch on its way stays unfinished. Where there is a validation, the weights of its
    /// best epoch come back.</summary>
    public void Stop() => Stop(LstmSharp.StopReason.Requested);

    /// <summary>Writes a checkpoint once all callbacks have been told of what this one was told of.</summary>
    /// <remarks>Checkpoints are written in the order in which they were asked for, but those of <see cref="PeriodicCheckpoint"/> last:
    /// what a callback remembers in them of a checkpoint of its own is then true, even if the process is killed in between.
    /// A file that cannot be written costs no training: the checkpoint of before stays whole, this one is kept in memory as it is now
    /// (of up to four files, the last of each) and tried again after every epoch, at the end and whenever a checkpoint is asked for, and
    /// <see cref="Faults"/> says it. <c>Fit</c> throws a <see cref="NonFiniteTrainingException"/> where a weight is not finite.</remarks>
    /// <param name="path">The file; it is replaced where it exists.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public void SaveCheckpoint(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!_requestedCheckpoints.Contains(path))
        {
            _requestedCheckpoints.Add(path);
        }
    }

    internal void AddFault(object source, Exception exception) => _faults.Add(source.ToString()!, Epoch, Batch, exception);

    internal void MakeUpFor(object source) => _faults.MakeUpFor(source.ToString()!);

    /// <summary>The last finished epoch's score, the lower the better.</summary>
    internal float LastScore => _history[^1].ScoreBy(Options.Monitor);

    internal List<string> RequestedCheckpoints => _requestedCheckpoints;

    internal TrainingPosition Position => new(Epoch, Batch, _totals, EpochTime, LearningRate);

    /// <summary>The time spent on the current epoch, in this process and before.</summary>
    private TimeSpan EpochTime => _epochTimeBefore + Stopwatch.GetElapsedTime(_epochStart);

    /// <summary>How long more batches will take if they go on as those of this call; null where it has not run any.</summary>
    private TimeSpan? TimeFor(long batches, TimeSpan elapsed)
    {
        double factor = batches == 0 ? 0 : (double)batches / (BatchesDone - _batchesBefore);
        return double.IsInfinity(factor) ? null
            : elapsed.TotalDays * factor < TimeSpan.MaxValue.TotalDays ? elapsed * factor
            : TimeSpan.MaxValue;
    }

    internal void Stop(StopReason reason) => StopReason ??= reason;

    internal void End(StopReason reason) => StopReason = reason;

    internal void BeginEpoch(int epoch)
    {
        (Epoch, Batch, _totals, _epochTimeBefore) = (epoch, 0, default, TimeSpan.Zero);
        _epochStart = Stopwatch.GetTimestamp();
    }

    internal void AddBatch(LossSum loss, double gradientNorm)
    {
        Batch++;
        _totals.Add(loss, gradientNorm, LearningRate);
    }

    internal void EndEpoch(float? validationLoss, float? metric)
    {
        ValidationLoss = validationLoss;
        _history.Add(_totals.Summarize(Epoch, validationLoss, metric, EpochTime));
    }

    /// <summary>Takes the place of the run that a checkpoint was made of.</summary>
    internal void ContinueFrom(TrainingPosition position, IEnumerable<EpochSummary> history)
    {
        (Epoch, Batch, _totals, _epochTimeBefore, LearningRate) = position;
        _history.AddRange(history);
        ValidationLoss = _history.Count == 0 ? null : _history[^1].ValidationLoss;
        _batchesBefore = BatchesDone;
        _epochStart = Stopwatch.GetTimestamp();
        IsResumed = true;
    }
}
