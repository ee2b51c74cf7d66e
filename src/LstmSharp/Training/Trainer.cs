using System.Diagnostics;

namespace LstmSharp;

/// <summary>One run of training: epochs of batches, each forward, loss, backward, clip, update.</summary>
internal sealed class Trainer
{
    private readonly SequenceModel _model;
    private readonly TrainingOptions _options;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly EpochBatches _training;
    private readonly EpochBatches? _validation;
    private readonly BestWeights? _best;
    private readonly ParameterSet _gradients;
    private readonly Random _random;
    private readonly List<EpochSummary> _history = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private EpochTotals _totals;
    private float? _validationLoss;

    public Trainer(
        SequenceModel model,
        SequenceDataset training,
        TrainingOptions options,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        _model = model;
        _options = options;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _training = new EpochBatches(model, training, options.BatchSize, trains: true);
        if (options.Validation is not null)
        {
            _validation = new EpochBatches(model, options.Validation, options.BatchSize, trains: false);
            _best = new BestWeights(model.Parameters);
        }

        _gradients = model.Parameters.CreateZeros();
        _random = new Random(options.Seed);
    }

    public TrainingResult Run()
    {
        StopReason reason = RunEpochs();
        if (_options.EarlyStopping is not null || reason == StopReason.Cancelled)
        {
            _best?.Restore();
        }

        return new TrainingResult(_history, reason);
    }

    private StopReason RunEpochs()
    {
        for (int epoch = 1; epoch <= _options.Epochs; epoch++)
        {
            long start = Stopwatch.GetTimestamp();
            bool finished = TrainEpoch(epoch) && Validate(epoch);
            if (!finished)
            {
                return StopReason.Cancelled;
            }

            _history.Add(_totals.Summarize(epoch, _validationLoss, Stopwatch.GetElapsedTime(start)));
            Report(epoch, _training.Count);
            if (epoch < _options.Epochs && _best?.EpochsWithoutImprovement >= _options.EarlyStopping?.Patience)
            {
                return StopReason.EarlyStopped;
            }
        }

        return StopReason.Completed;
    }

    /// <returns>False where training was cancelled before the epoch's end.</returns>
    private bool TrainEpoch(int epoch)
    {
        _totals = default;
        if (_options.Shuffle)
        {
            _training.Shuffle(_random);
        }

        for (int n = 0; n < _training.Count; n++)
        {
            if (_cancellationToken.IsCancellationRequested)
            {
                return false;
            }

            TrainBatch(epoch, n);
            if (n + 1 < _training.Count)
            {
                Report(epoch, n + 1);
            }
        }

        ThrowIfWeightsNotFinite(epoch, _training.Count);
        return true;
    }

    private void TrainBatch(int epoch, int index)
    {
        TrainingBatch batch = _training.Load(index);
        float loss = batch.Forward(_options.Loss);
        _gradients.Clear();
        batch.Backward(_gradients);
        double norm = GradientClipping.GlobalNorm(_gradients);
        if (!float.IsFinite(loss) || !double.IsFinite(norm))
        {
            ThrowIfWeightsNotFinite(epoch, index + 1);
            throw new NonFiniteDiagnosis(_model, epoch, index + 1, "batch").Explain(batch, loss, _gradients);
        }

        if (_options.ClipGradientNorm is { } maximumNorm)
        {
            GradientClipping.ScaleToNorm(_gradients, norm, maximumNorm);
        }

        if (_options.ClipGradientValue is { } limit)
        {
            GradientClipping.ByValue(_gradients, limit);
        }

        _options.Optimizer.Step(_model.Parameters, _gradients);
        _totals.Add(loss, batch.CountedTargets, norm);
    }

    /// <summary>Catches what an update broke, in the batch after it or at the end of the epoch, and brings the best weights back.</summary>
    private void ThrowIfWeightsNotFinite(int epoch, int batchNumber)
    {
        if (!double.IsFinite(GradientClipping.GlobalNorm(_model.Parameters)))
        {
            NonFiniteTrainingException exception =
                new NonFiniteDiagnosis(_model, epoch, batchNumber, "batch").ExplainWeights(broughtBack: _best is { IsKnown: true });
            _best?.Restore();
            throw exception;
        }
    }

    /// <returns>False where training was cancelled on the way.</returns>
    private bool Validate(int epoch)
    {
        if (_validation is null)
        {
            return true;
        }

        WeightedMean mean = default;
        for (int n = 0; n < _validation.Count; n++)
        {
            if (_cancellationToken.IsCancellationRequested)
            {
                return false;
            }

            TrainingBatch batch = _validation.Load(n);
            float loss = batch.Forward(_options.Loss);
            if (!float.IsFinite(loss))
            {
                throw new NonFiniteDiagnosis(_model, epoch, n + 1, "validation batch").Explain(batch, loss, null);
            }

            mean.Add(loss, batch.CountedTargets);
        }

        _validationLoss = mean.Value;
        _best!.Offer(_validationLoss.Value, _options.EarlyStopping?.MinimumImprovement ?? 0);
        return true;
    }

    private void Report(int epoch, int batch)
    {
        if (_progress is null)
        {
            return;
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        double done = ((epoch - 1.0) * _training.Count) + batch, all = (double)_options.Epochs * _training.Count;
        _progress.Report(new TrainingProgress(
            epoch,
            _options.Epochs,
            batch,
            _training.Count,
            _totals.MeanLoss,
            _validationLoss,
            elapsed,
            elapsed * ((all - done) / done)));
    }
}
