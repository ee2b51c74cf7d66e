namespace LstmSharp;

/// <summary>Saves the whole run now and then, for <see cref="TrainingOptions.ResumeFrom"/> to go on from after a stop, a crash or a
/// kill.</summary>
/// <remarks>A checkpoint holds the weights, the optimizer's moments, the learning rate, the place in epochs and batches, the state of
/// callbacks, the best weights and the history. It is written beside the file and then takes its name, so a kill at any moment leaves a
/// whole one. One that cannot be written costs no training (<see cref="TrainingContext.SaveCheckpoint"/>): the file keeps the one before,
/// and the next period tries again. It is also written when training ends, whatever the reason but an exception. Periods add up: the file
/// is written whenever
/// one of them is over. A new run replaces the checkpoint of an earlier one, once it has done something.</remarks>
public sealed class PeriodicCheckpoint : TrainingCallback
{
    private TimeSpan _lastSave;
    private (long Batches, int Epochs) _saved;

    /// <summary>Makes the rule: by default a checkpoint after every epoch.</summary>
    /// <param name="path">The file, such as <c>run.checkpoint</c>; it is replaced where it exists. Its folder must exist.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public PeriodicCheckpoint(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = path;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public override string ResumePath => Path;

    /// <summary>After how many epochs to save, 1 or more; null for no such period. By default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? EveryEpochs
    {
        get;
        init => field = value is { } period ? Require.AtLeastOne(period, nameof(EveryEpochs)) : null;
    }
    = 1;

    /// <summary>After how many batches to save, 1 or more, counted over all epochs; null, as by default, for no such period.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? EveryBatches
    {
        get;
        init => field = value is { } period ? Require.AtLeastOne(period, nameof(EveryBatches)) : null;
    }

    /// <summary>After how much time to save, once the batch is done that runs then; null, as by default, for no such period.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan? EveryInterval
    {
        get;
        init => field = value is { } period ? Require.Positive(period, nameof(EveryInterval)) : null;
    }

    /// <summary>Makes sure that the folder is there before hours of work depend on it.</summary>
    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public override void OnTrainingBegin(TrainingContext context)
    {
        Require.FolderOf(Path);
        (_lastSave, _saved) = (context.Elapsed, (context.BatchesDone, context.History.Count));
    }

    /// <inheritdoc/>
    public override void OnBatchEnd(TrainingContext context)
    {
        if (context.BatchesDone % EveryBatches == 0 || context.Elapsed - _lastSave >= EveryInterval)
        {
            Save(context);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        if (context.Epoch % EveryEpochs == 0)
        {
            Save(context);
        }
    }

    /// <inheritdoc/>
    public override void OnTrainingEnd(TrainingContext context) => Save(context);

    /// <inheritdoc/>
    public override string ToString() => $"PeriodicCheckpoint({Path})";

    private void Save(TrainingContext context)
    {
        (long, int) place = (context.BatchesDone, context.History.Count);
        if (_saved != place)
        {
            context.SaveCheckpoint(Path);
            (_lastSave, _saved) = (context.Elapsed, place);
        }
    }
}
