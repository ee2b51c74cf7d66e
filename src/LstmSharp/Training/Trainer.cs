namespace LstmSharp;

/// <summary>One run of training: epochs of batches, each forward, loss, backward, clip, update; callbacks are told of all that.</summary>
internal sealed class Trainer
{
    private readonly SequenceModel _model;
    private readonly TrainingOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly WeightsToPredictWith _toPredictWith;
    private readonly Validation? _validation;
    private readonly ParameterSet _gradients;
    private readonly TrainingSteps _steps;
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
        _toPredictWith = new WeightsToPredictWith(model.Parameters, options);
        _validation = options.Validation is { } data ? new Validation(model, data, options, _toPredictWith) : null;
        _gradients = model.Parameters.CreateZeros();
        _steps = TrainingSteps.Create(model, training, options, _gradients);
        HashSet<Parameter> frozen = [.. options.FrozenLayers.SelectMany(layer => layer.Parameters)];
        _frozen = [.. model.Parameters.Select(frozen.Contains)];
        _trained = new ParameterSet([.. _gradients.Where((_, n) => !_frozen[n])]);
        _callbacks = options.CallbacksWith(progress);
        _context = new TrainingContext(model, options, _steps.Count);
        _checkpoint = new RunCheckpoint(_context, training, _steps, _toPredictWith, _callbacks);
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
            bool wantsBest = reason != StopReason.Completed || _callbacks.Any(callback => callback.BringsBestWeightsBack);
            _toPredictWith.LeaveInModel(wantsBest, hasTrained: _context.BatchesDone > 0);
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
        }
        else
        {
            if (_options.WarmStartFrom is { } other)
            {
                _checkpoint.RestoreWeightsAndMoments(other);
            }

            _options.Optimizer.Bind(_model.Parameters);
            _toPredictWith.Begin();
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

            _steps.BeginEpoch(_context.Epoch);
            if (!TrainEpoch() || Validate() is not { } score)
            {
                return Stopped!.Value;
            }

            _context.EndEpoch(score.Loss, score.Metric);
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
        LossSum sum = _steps.Compute(_context.Batch, _context.BatchesDone);
        double norm = GradientClipping.GlobalNorm(_trained);
        if (!sum.IsInRange || !double.IsFinite(norm))
        {
            ThrowIfWeightsNotFinite(number);
            throw Diagnosis(number, "batch").Explain(_steps.LastBatch, sum, _gradients);
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
        _toPredictWith.TakeStep(isFirst: _context.BatchesDone == 1);
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
        new(_model, _context.Epoch, batchNumber, phase, bringsBestBack: _toPredictWith.IsBestKnown);

    /// <returns>Null where training was stopped or cancelled on the way.</returns>
    private ValidationScore? Validate() => _validation is null
        ? default(ValidationScore)
        : _validation.Run(() => Stopped is not null, batchNumber => Diagnosis(batchNumber, "validation batch"));
}
