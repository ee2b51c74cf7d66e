namespace LstmSharp;

/// <summary>One run of training: epochs of batches, each forward, loss, backward, clip, update; callbacks are told of all that.</summary>
internal sealed class Trainer
{
    private readonly SequenceModel _model;
    private readonly TrainingOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly EpochBatches _training;
    private readonly EpochBatches? _validation;
    private readonly BestWeights? _best;
    private readonly ParameterSet _gradients;
    private readonly bool[] _frozen;
    private readonly ParameterSet _trained; // those of _gradients that are not frozen
    private readonly Random _random;
    private readonly TrainingCallback[] _callbacks;
    private readonly TrainingContext _context;
    private readonly RunCheckpoint _checkpoint;

    public Trainer(
        SequenceModel model,
        SequenceDataset training,
        TrainingOptions options,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        _model = model;
        _options = options;
        _cancellationToken = cancellationToken;
        _training = new EpochBatches(model, training, options.BatchSize, trains: true);
        if (options.Validation is not null)
        {
            _validation = new EpochBatches(model, options.Validation, options.BatchSize, trains: false);
            _best = new BestWeights(model.Parameters);
        }

        _gradients = model.Parameters.CreateZeros();
        _frozen = [.. model.Layers.SelectMany(layer => layer.Parameters.Select(_ => options.FrozenLayers.Contains(layer)))];
        _trained = new ParameterSet([.. _gradients.Where((_, n) => !_frozen[n])]);
        _random = new Random(options.Seed);
        _callbacks = options.CallbacksWith(progress);
        _context = new TrainingContext(model, options, _training.Count);
        _checkpoint = new RunCheckpoint(_context, training, _best, _callbacks);
    }

    private StopReason? Stopped =>
        _context.StopReason ?? (_cancellationToken.IsCancellationRequested ? StopReason.Cancelled : null);

    public TrainingResult Run()
    {
        Prepare();
        Optimizer optimizer = _options.Optimizer;
        (int ofModel, int ofOptimizer) = (_model.MaxDegreeOfParallelism, optimizer.MaxDegreeOfParallelism);
        try
        {
            _model.MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism ?? ofModel;
            optimizer.MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism ?? ofOptimizer;
            Tell(static (callback, context) => callback.OnTrainingBegin(context));
            StopReason reason = RunEpochs();
            _context.End(reason);
            try
            {
                Tell(static (callback, context) => callback.OnTrainingEnd(context));
            }
            finally
            {
                if (reason != StopReason.Completed || _callbacks.Any(callback => callback is EarlyStopping))
                {
                    _best?.Restore();
                }
            }

            return new TrainingResult(_context.History, reason, _options.Monitor);
        }
        finally
        {
            _context.LearningRate = _context.InitialLearningRate;
            (_model.MaxDegreeOfParallelism, optimizer.MaxDegreeOfParallelism) = (ofModel, ofOptimizer);
        }
    }

    /// <summary>Brings everything to where the run begins or goes on.</summary>
    private void Prepare()
    {
        if (_options.ResumeFrom is { } path)
        {
            _checkpoint.Restore(path);
            for (int epoch = 1; epoch <= _context.Epoch; epoch++)
            {
                ShuffleIfWanted();
            }
        }
        else
        {
            _options.Optimizer.Bind(_model.Parameters);
            foreach (TrainingCallback callback in _callbacks)
            {
                callback.RestoreState(null);
            }
        }
    }

    private StopReason RunEpochs()
    {
        while (_context.History.Count < _options.Epochs)
        {
            if (Stopped is { } reason)
            {
                return reason;
            }

            if (_context.Epoch == _context.History.Count)
            {
                _context.BeginEpoch(_context.Epoch + 1);
                ShuffleIfWanted();
            }

            if (!TrainEpoch() || !Validate(out float? validationLoss, out float? metric))
            {
                return Stopped!.Value;
            }

            _context.EndEpoch(validationLoss, metric);
            _best?.Offer(_context.LastScore);
            Tell(static (callback, context) => callback.OnEpochEnd(context));
        }

        return StopReason.Completed;
    }

    /// <summary>Calls a method of every callback; then, when all have seen what there was to see, writes the checkpoints they asked
    /// for. Those to go on from come last: they say of the others that they are written.</summary>
    private void Tell(Action<TrainingCallback, TrainingContext> hook)
    {
        foreach (TrainingCallback callback in _callbacks)
        {
            hook(callback, _context);
        }

        if (_context.RequestedCheckpoints.Count > 0)
        {
            ThrowIfWeightsNotFinite(_context.Batch);
            IEnumerable<string> last = _callbacks.OfType<PeriodicCheckpoint>().Select(callback => callback.Path);
            foreach (string path in _context.RequestedCheckpoints.OrderBy(path => last.Contains(path)))
            {
                _checkpoint.Save(path);
            }

            _context.RequestedCheckpoints.Clear();
        }
    }

    private void ShuffleIfWanted()
    {
        if (_options.Shuffle)
        {
            _training.Shuffle(_random);
        }
    }

    /// <returns>False where training was stopped or cancelled before the last batch.</returns>
    private bool TrainEpoch()
    {
        while (_context.Batch < _training.Count)
        {
            if (Stopped is not null)
            {
                return false;
            }

            TrainBatch();
            Tell(static (callback, context) => callback.OnBatchEnd(context));
        }

        ThrowIfWeightsNotFinite(_context.Batch);
        return true;
    }

    private void TrainBatch()
    {
        int number = _context.Batch + 1;
        TrainingBatch batch = _training.Load(number - 1);
        LossSum sum = batch.Forward(_options.Loss);
        float loss = sum.Weight == 0 ? 0 : (float)sum.Mean;
        _gradients.Clear();
        batch.Backward(_gradients);
        double norm = GradientClipping.GlobalNorm(_trained);
        if (!float.IsFinite(loss) || !double.IsFinite(norm))
        {
            ThrowIfWeightsNotFinite(number);
            throw new NonFiniteDiagnosis(_model, _context.Epoch, number, "batch").Explain(batch, loss, _gradients);
        }

        if (_options.ClipGradientNorm is { } maximumNorm)
        {
            GradientClipping.ScaleToNorm(_trained, norm, maximumNorm);
        }

        if (_options.ClipGradientValue is { } limit)
        {
            GradientClipping.ByValue(_trained, limit);
        }

        if (norm > _options.Optimizer.LargestGradient)
        {
            new NonFiniteDiagnosis(_model, _context.Epoch, number, "batch").ThrowIfBeyond(_options.Optimizer.LargestGradient, _trained);
        }

        _options.Optimizer.Step(_model.Parameters, _gradients, _frozen);
        _context.AddBatch(sum, norm);
    }

    /// <summary>Catches what an update broke, in the batch after it, before a checkpoint or at the end of the epoch, and brings the best
    /// weights back.</summary>
    private void ThrowIfWeightsNotFinite(int batchNumber)
    {
        if (!double.IsFinite(GradientClipping.GlobalNorm(_model.Parameters)))
        {
            NonFiniteTrainingException exception = new NonFiniteDiagnosis(_model, _context.Epoch, batchNumber, "batch")
                .ExplainWeights(broughtBack: _best is { IsKnown: true });
            _best?.Restore();
            throw exception;
        }

        if (_options.Optimizer.IndexOfNonFiniteMoment() is >= 0 and var index)
        {
            NonFiniteTrainingException exception = new NonFiniteDiagnosis(_model, _context.Epoch, batchNumber, "batch").ExplainMoment(
                _options.Optimizer.MomentNames.ElementAt(index),
                _options.Optimizer.Moments.ElementAt(index),
                broughtBack: _best is { IsKnown: true });
            _best?.Restore();
            throw exception;
        }
    }

    /// <returns>False where training was stopped or cancelled on the way.</returns>
    private bool Validate(out float? validationLoss, out float? metric)
    {
        (validationLoss, metric) = (null, null);
        if (_validation is null)
        {
            return true;
        }

        LossSum total = default;
        _options.Monitor?.Reset();
        for (int n = 0; n < _validation.Count; n++)
        {
            if (Stopped is not null)
            {
                return false;
            }

            TrainingBatch batch = _validation.Load(n);
            LossSum sum = batch.Forward(_options.Loss);
            float loss = sum.Weight == 0 ? 0 : (float)sum.Mean;
            if (!float.IsFinite(loss))
            {
                throw new NonFiniteDiagnosis(_model, _context.Epoch, n + 1, "validation batch").Explain(batch, loss, null);
            }

            total += sum;
            if (_options.Monitor is { } monitor)
            {
                batch.AddTo(monitor);
            }
        }

        (validationLoss, metric) = (total.Value, (float?)_options.Monitor?.Value);
        return true;
    }
}
