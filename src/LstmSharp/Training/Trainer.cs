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
    private readonly AveragedWeights? _averaged;
    private readonly ParameterSet _gradients;
    private readonly BatchGradients _step;
    private readonly bool[] _frozen;
    private readonly ParameterSet _trained; // those of _gradients that are not frozen
    private readonly TrainingCallback[] _callbacks;
    private readonly TrainingContext _context;
    private readonly RunCheckpoint _checkpoint;
    private readonly CheckpointQueue _checkpoints;

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
        _training = new EpochBatches(model, training, options.BatchSize, trains: true, options.MemoryBudget);
        if (options.Validation is not null)
        {
            _validation = new EpochBatches(model, options.Validation, options.BatchSize, trains: false);
            _best = new BestWeights(model.Parameters);
        }

        _averaged = options.WeightAveraging is { } rule ? new AveragedWeights(model.Parameters, rule) : null;
        _gradients = model.Parameters.CreateZeros();
        _step = new BatchGradients(_training, options, _gradients);
        _frozen = [.. model.Layers.SelectMany(layer => layer.Parameters.Select(_ => options.FrozenLayers.Contains(layer)))];
        _trained = new ParameterSet([.. _gradients.Where((_, n) => !_frozen[n])]);
        _callbacks = options.CallbacksWith(progress);
        _context = new TrainingContext(model, options, _step.Count);
        _checkpoint = new RunCheckpoint(_context, training, _best, _averaged, _callbacks);
        _checkpoints = new CheckpointQueue(_context, _checkpoint, _callbacks);
    }

    private StopReason? Stopped =>
        _context.StopReason ?? (_cancellationToken.IsCancellationRequested ? StopReason.Cancelled : null);

    public TrainingResult Run()
    {
        Prepare();
        Optimizer optimizer = _options.Optimizer;
        (int ofModel, int ofOptimizer) = (_model.MaxDegreeOfParallelism, optimizer.MaxDegreeOfParallelism);
        StopReason? reason = null;
        try
        {
            _model.MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism ?? ofModel;
            optimizer.MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism ?? ofOptimizer;
            Array.ForEach(_callbacks, callback => callback.OnTrainingBegin(_context));
            WriteCheckpoints();
            reason = RunEpochs();
            _context.End(reason.Value);
            Tell(static (callback, context) => callback.OnTrainingEnd(context));
            WriteCheckpoints();
            return new TrainingResult(_context.History, reason.Value, _context.Faults, _options.Monitor);
        }
        catch
        {
            _checkpoints.WriteKept();
            throw;
        }
        finally
        {
            LeaveWeightsToPredictWith(reason);
            _context.LearningRate = _context.InitialLearningRate;
            (_model.MaxDegreeOfParallelism, optimizer.MaxDegreeOfParallelism) = (ofModel, ofOptimizer);
        }
    }

    /// <summary>Brings the best weights back where they are wanted and known, or leaves the averaged ones.</summary>
    private void LeaveWeightsToPredictWith(StopReason? reason)
    {
        bool wantsBest = reason != StopReason.Completed || _callbacks.Any(callback => callback.BringsBestWeightsBack);
        if (wantsBest && _best is { IsKnown: true })
        {
            _best.Restore();
        }
        else if (_context.BatchesDone > 0)
        {
            _averaged?.Exchange();
        }
    }

    /// <summary>Brings everything to where the run begins or goes on.</summary>
    private void Prepare()
    {
        if (_options.ResumeFrom is { } path)
        {
            _checkpoint.Restore(path);
        }
        else
        {
            if (_options.WarmStartFrom is { } other)
            {
                _checkpoint.RestoreWeightsAndMoments(other);
            }

            _options.Optimizer.Bind(_model.Parameters);
            _averaged?.Begin();
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
            }

            ShuffleIfWanted();
            if (!TrainEpoch() || !ValidateAsToPredict(out float? validationLoss, out float? metric))
            {
                return Stopped!.Value;
            }

            _context.EndEpoch(validationLoss, metric);
            Tell(static (callback, context) => callback.OnEpochEnd(context));
            WriteCheckpoints();
        }

        return StopReason.Completed;
    }

    /// <summary>Calls a method of every callback, whose faults of input and output cost no training.</summary>
    private void Tell(Action<TrainingCallback, TrainingContext> hook)
    {
        foreach (TrainingCallback callback in _callbacks)
        {
            try
            {
                hook(callback, _context);
            }
            catch (Exception exception) when (TrainingFault.LetsTrainingGoOn(exception))
            {
                _context.AddFault(callback, exception);
            }
        }
    }

    /// <summary>Writes the checkpoints that callbacks asked for, now that all have seen what there was to see, and those that could not be
    /// written before.</summary>
    private void WriteCheckpoints()
    {
        if (_context.RequestedCheckpoints.Count > 0)
        {
            ThrowIfWeightsNotFinite(_context.Batch);
        }

        _checkpoints.Write();
    }

    private void ShuffleIfWanted()
    {
        if (_options.Shuffle)
        {
            _training.Shuffle(_options.Seed, _context.Epoch);
        }
    }

    /// <returns>False where training was stopped or cancelled before the last batch.</returns>
    private bool TrainEpoch()
    {
        while (_context.Batch < _context.Batches)
        {
            if (Stopped is not null)
            {
                return false;
            }

            TrainBatch();
            Tell(static (callback, context) => callback.OnBatchEnd(context));
            if (_context.RequestedCheckpoints.Count > 0)
            {
                WriteCheckpoints();
            }
        }

        ThrowIfWeightsNotFinite(_context.Batch);
        return true;
    }

    private void TrainBatch()
    {
        int number = _context.Batch + 1;
        LossSum sum = _step.Compute(_context.Batch, _context.BatchesDone);
        float loss = sum.Weight == 0 ? 0 : (float)sum.Mean;
        double norm = GradientClipping.GlobalNorm(_trained);
        if (!float.IsFinite(loss) || !double.IsFinite(norm))
        {
            ThrowIfWeightsNotFinite(number);
            throw Diagnosis(number, "batch").Explain(_step.LastBatch, loss, _gradients);
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
            Diagnosis(number, "batch").ThrowIfBeyond(_options.Optimizer.LargestGradient, _trained);
        }

        _options.Optimizer.Step(_model.Parameters, _gradients, _frozen);
        _context.AddBatch(sum, norm);
        if (_context.BatchesDone == 1)
        {
            _averaged?.Begin();
        }
        else
        {
            _averaged?.Add();
        }
    }

    /// <summary>Catches what an update broke, in the batch after it, before a checkpoint or at the end of the epoch.</summary>
    private void ThrowIfWeightsNotFinite(int batchNumber)
    {
        if (!double.IsFinite(GradientClipping.GlobalNorm(_model.Parameters)))
        {
            throw Diagnosis(batchNumber, "batch").ExplainWeights();
        }

        if (_options.Optimizer.IndexOfNonFiniteMoment() is >= 0 and var index)
        {
            throw Diagnosis(batchNumber, "batch").ExplainMoment(
                _options.Optimizer.MomentNames.ElementAt(index), _options.Optimizer.Moments.ElementAt(index));
        }
    }

    private NonFiniteDiagnosis Diagnosis(int batchNumber, string phase) =>
        new(_model, _context.Epoch, batchNumber, phase, bringsBestBack: _best is { IsKnown: true });

    /// <summary>Validates with the averaged weights, where there are such.</summary>
    /// <returns>False where training was stopped or cancelled on the way.</returns>
    private bool ValidateAsToPredict(out float? validationLoss, out float? metric)
    {
        if (_validation is null || _averaged is null)
        {
            return Validate(out validationLoss, out metric);
        }

        _averaged.Exchange();
        try
        {
            return Validate(out validationLoss, out metric);
        }
        finally
        {
            _averaged.Exchange();
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
                throw Diagnosis(n + 1, "validation batch").Explain(batch, loss, null);
            }

            total += sum;
            if (_options.Monitor is { } monitor)
            {
                batch.AddTo(monitor);
            }
        }

        (validationLoss, metric) = (total.Value, (float?)_options.Monitor?.Value);
        _best!.Offer(EpochSummary.ScoreOf(_options.Monitor, total.Value, metric));
        return true;
    }
}
