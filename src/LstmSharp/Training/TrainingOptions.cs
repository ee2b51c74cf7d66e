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

    /// <summary>How many batches make one step, 1 or more; the last step of an epoch may have fewer. By default 1.</summary>
    /// <remarks>Their gradients become those of the mean loss over all their targets, as of one batch of
    /// <see cref="BatchSize"/> × AccumulateBatches samples, in the memory of one of <see cref="BatchSize"/>. Clipping, the optimizer,
    /// callbacks, schedules and checkpoints see the whole step: what they call a batch is all of these together.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int AccumulateBatches
    {
        get;
        init => field = Require.AtLeastOne(value, nameof(AccumulateBatches));
    }
    = 1;

    /// <summary>After how many steps to cut longer sequences for truncated backpropagation through time, 1 or more; by default never.</summary>
    /// <remarks>The sequences of a batch then run in windows of so many steps, the last one shorter. Each window is one step of the
    /// optimizer: it starts from the states that the window before ended in, while no gradient goes back there. Every sequence starts
    /// from zero states, and ends on its own. What is called a batch elsewhere, by callbacks, schedules and <see cref="TrainingProgress"/>,
    /// is one window; a checkpoint holds the states. The model must answer at every step, and <see cref="AccumulateBatches"/> be 1, where a
    /// sequence is longer than this. Of sequences of different length, those with as many windows come together, in random order.
    /// For one long stream in many rows see <see cref="SequenceList.Contiguous{T}"/>. Source: Williams and Peng 1990.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? TruncateAfter
    {
        get;
        init => field = value is { } steps ? Require.AtLeastOne(steps, nameof(TruncateAfter)) : null;
    }

    /// <summary>Whether every epoch goes through the samples in a new random order. By default so.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Decides the random orders: the same seed gives the same trained weights, to the bit. By default 0.</summary>
    /// <remarks>The order of each epoch is a function of this seed and the epoch's number alone, and independent of those of any other
    /// seed or epoch.</remarks>
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
    /// <remarks>Such as <c>[.. model.Layers.Take(2)]</c>. Weights that <see cref="SequenceModelBuilder.TiedDense"/> shares are the embedding's:
    /// they stay where that is among them. To train them later, call <c>Fit</c> again with a new optimizer, as one that has done
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

    /// <summary>A moving average of the weights, which the validation is measured with and which the model has in the end. By default none:
    /// the weights of the last step.</summary>
    public ExponentialMovingAverage? WeightAveraging { get; init; }

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

    /// <summary>How many bytes the activations of a batch may take, as of <see cref="SequenceModel.CreatePass"/>: long sequences then train
    /// in segments, with the same bits. By default as many as they need.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public long? MemoryBudget
    {
        get;
        init
        {
            if (value is { } bytes)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes, nameof(MemoryBudget));
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
    /// that were there before are overwritten. To go on with another learning rate, batch size, patience or data, see
    /// <see cref="WarmStartFrom"/>. See <see cref="PeriodicCheckpoint"/>.</remarks>
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

    /// <summary>A checkpoint whose weights and optimizer state a new run begins with; by default none.</summary>
    /// <remarks>The weights (those that the optimizer was at, not an average), the optimizer's moments and its number of steps are the
    /// checkpoint's; all else is new: options, learning rate,
    /// batch size, patience, schedule and data as given here, epochs from 1, no history, callbacks as in a new run. It must be of the same
    /// layers and of the same kind of optimizer; a moment that the settings need must be in it. Where there is a
    /// <see cref="ResumeFrom"/> as well, that one is taken: a run that itself began so goes on from its own checkpoint.
    /// See <see cref="BestCheckpoint"/> and <see cref="PeriodicCheckpoint"/>.</remarks>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public string? WarmStartFrom
    {
        get;
        init
        {
            if (value is not null)
            {
                ArgumentException.ThrowIfNullOrEmpty(value, nameof(WarmStartFrom));
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
