namespace LstmSharp;

/// <summary>What the steps of an epoch are made of: the gradients of each.</summary>
internal abstract class TrainingSteps(EpochBatches batches, TrainingOptions options, ParameterSet gradients)
{
    /// <summary>How many steps an epoch has.</summary>
    public abstract int Count { get; }

    /// <summary>The batch that was run last.</summary>
    public TrainingBatch LastBatch { get; protected set; } = batches.Load(0);

    /// <summary>The states that the next step starts from where it goes on with sequences; null for zeros.</summary>
    public virtual ModelState? CarriedState => null;

    protected EpochBatches Batches => batches;

    protected TrainingOptions Options => options;

    protected ParameterSet Gradients => gradients;

    /// <summary>The steps of an epoch: windows of long sequences where they shall be cut, else whole batches.</summary>
    public static TrainingSteps Create(SequenceModel model, SequenceDataset training, TrainingOptions options, ParameterSet gradients)
    {
        int window = options.TruncateAfter is { } steps && steps < training.MaxSequenceLength ? steps : int.MaxValue;
        var batches = new EpochBatches(model, training, options.BatchSize, trains: true, options.MemoryBudget, window);
        return window == int.MaxValue ? new BatchSteps(batches, options, gradients) : new WindowSteps(batches, options, gradients);
    }

    /// <summary>Puts the samples into the order of an epoch.</summary>
    public void BeginEpoch(int epoch)
    {
        if (options.Shuffle)
        {
            batches.Shuffle(options.Seed, epoch);
        }
    }

    /// <summary>Computes the gradients of the mean loss over all targets of a step: steps come in order, from 0 or from where
    /// <see cref="GoTo"/> went.</summary>
    /// <param name="step">From 0 to <see cref="Count"/> − 1.</param>
    /// <param name="update">The number of the update, from 0, which decides what layers drop.</param>
    /// <returns>The loss of the step; of several batches, where one batch's loss is not finite, that one's, without its gradients.</returns>
    public abstract LossSum Compute(int step, long update);

    /// <summary>Goes to a step of the epoch that was begun, for a run that goes on there.</summary>
    /// <param name="step">From 0 to <see cref="Count"/>.</param>
    /// <returns>The states that it starts from, for the caller to write; null for zeros.</returns>
    public virtual ModelState? GoTo(int step) => null;
}
