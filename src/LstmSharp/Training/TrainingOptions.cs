namespace LstmSharp;

/// <summary>How <see cref="SequenceModelTraining.Fit"/> trains. Options may serve several runs; the optimizer in them belongs to one
/// model.</summary>
public sealed class TrainingOptions
{
    /// <summary>What to make small. Losses of values (<see cref="Loss{TTarget}"/> of float) train on value targets, those of classes
    /// (of int) on class targets.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public required Loss Loss
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Loss));
    }

    /// <summary>What changes the weights. It keeps its moments, so a later run with it goes on where this one ended.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public required Optimizer Optimizer
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Optimizer));
    }

    /// <summary>How often to go through the training data, 1 or more. By default 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Epochs
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Epochs));
            field = value;
        }
    }
    = 10;

    /// <summary>How many samples make one step, 1 or more; the last batch of an epoch may be smaller. By default 32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int BatchSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(BatchSize));
            field = value;
        }
    }
    = 32;

    /// <summary>Whether every epoch goes through the samples in a new random order. By default so.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Decides the random orders: the same seed gives the same trained weights, to the bit. By default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Data to measure the loss on after every epoch, never trained on. By default none.</summary>
    public SequenceDataset? Validation { get; init; }

    /// <summary>What tells good epochs from bad, measured on <see cref="Validation"/>, which it needs: early stopping, the best weights,
    /// <see cref="BestCheckpoint"/>, <see cref="PlateauSchedule"/> and <see cref="TrainingResult.BestEpoch"/> all go by it. Its
    /// <see cref="Metric.LargerIsBetter"/> says which way. By default the loss.</summary>
    /// <remarks>It is reset before every validation, and may serve one run at a time. A value of NaN never improves on another.</remarks>
    public Metric? Monitor { get; init; }

    /// <summary>Layers of the model that keep their weights: no update, no weight decay, no moments, and no part in
    /// <see cref="ClipGradientNorm"/> and the reported gradient norms. By default none.</summary>
    /// <remarks>Such as <c>[.. model.Layers.Take(2)]</c>. To train them later, call <c>Fit</c> again with a new optimizer, as one that has done
    /// many steps takes too large first steps with moments that are still 0.</remarks>
    /// <exception cref="ArgumentNullException">The list or a layer in it is null.</exception>
    public IReadOnlyList<Layer> FrozenLayers
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(FrozenLayers));
            field = [.. value.Select(layer => layer ?? throw new ArgumentNullException(nameof(FrozenLayers)))];
        }
    }
    = [];

    /// <summary>When to stop before the last epoch; needs <see cref="Validation"/>. By default never.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>The largest global norm of the gradients, see <see cref="GradientClipping.ByGlobalNorm"/>. By default no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a positive finite number.</exception>
    public float? ClipGradientNorm
    {
        get;
        init => field = value is { } limit ? Require.Positive(limit, nameof(ClipGradientNorm)) : null;
    }

    /// <summary>The largest magnitude of a gradient value, see <see cref="GradientClipping.ByValue"/>; applied after
    /// <see cref="ClipGradientNorm"/>. By default no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a positive finite number.</exception>
    public float? ClipGradientValue
    {
        get;
        init => field = value is { } limit ? Require.Positive(limit, nameof(ClipGradientValue)) : null;
    }

    /// <summary>How many threads a step may use at most, the calling one among them, 1 or more; by default as many as the model and the
    /// optimizer allow themselves. Results do not depend on it, to the bit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? MaxDegreeOfParallelism
    {
        get;
        init
        {
            if (value is { } threads)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads, nameof(MaxDegreeOfParallelism));
            }

            field = value;
        }
    }

    /// <summary>How the learning rate changes while training runs. By default it stays as the optimizer's.</summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>What else training calls after every batch and epoch: checkpoints, a log, a time budget, callbacks of your own. By default
    /// nothing.</summary>
    /// <exception cref="ArgumentNullException">The list or a callback in it is null.</exception>
    public IReadOnlyList<TrainingCallback> Callbacks
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Callbacks));
            field = [.. value.Select(callback => callback ?? throw new ArgumentNullException(nameof(Callbacks)))];
        }
    }
    = [];

    /// <summary>The checkpoint of a run that did not end, to go on from there; by default none, for a new run.</summary>
    /// <remarks>Model, data and the other options must be those of that run: then the result has the same bits as if it had never been
    /// interrupted. <see cref="Epochs"/> alone may be raised, unless the schedule depends on it. A loss or schedule of your own is told
    /// from another by its <see cref="object.ToString"/>. The weights and the optimizer's state
    /// that were there before are overwritten. See <see cref="PeriodicCheckpoint"/>.</remarks>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public string? ResumeFrom
    {
        get;
        init
        {
            if (value is not null)
            {
                ArgumentException.ThrowIfNullOrEmpty(value, nameof(ResumeFrom));
            }

            field = value;
        }
    }

    /// <summary>All that is called, in this order, and nothing twice.</summary>
    internal TrainingCallback[] CallbacksWith(IProgress<TrainingProgress>? progress)
    {
        TrainingCallback? told = progress switch
        {
            null => null,
            ConsoleProgress console => console, // which is to end its line, too
            _ => new ProgressCallback(progress),
        };
        IEnumerable<TrainingCallback?> all = [.. Callbacks, EarlyStopping, told, Schedule];
        return [.. all.OfType<TrainingCallback>().Distinct(ReferenceEqualityComparer.Instance).Cast<TrainingCallback>()];
    }
}
