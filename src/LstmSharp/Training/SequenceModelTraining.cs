namespace LstmSharp;

/// <summary>Trains models.</summary>
public static class SequenceModelTraining
{
    /// <summary>Trains a model's weights on samples by mini-batches and backpropagation through time.</summary>
    /// <remarks>Every sequence starts from zero states. The same model, data, options and seed give the same weights and losses to the
    /// bit, on every platform with fused multiply-add instructions, also where a run is stopped and goes on from a checkpoint
    /// (<see cref="TrainingOptions.ResumeFrom"/>). Files that callbacks cannot write cost no training
    /// (<see cref="TrainingResult.Faults"/>); any other exception of a callback or loss is passed on. Whatever ends training before its last
    /// epoch is done, the weights of the epoch with the lowest validation loss, or the best <see cref="TrainingOptions.Monitor"/>, are brought
    /// back, where there is one. Nobody else may use the model meanwhile.
    /// Source: Werbos 1990.</remarks>
    /// <param name="model">The model to train, from the weights it has.</param>
    /// <param name="training">The samples to learn from.</param>
    /// <param name="options">How to train.</param>
    /// <param name="progress">Told after every batch; by default nobody. See <see cref="ConsoleProgress"/>.</param>
    /// <param name="cancellationToken">Ends training between two batches. The model then has the weights of the best epoch, or
    /// without a finished validation those after the last finished batch.</param>
    /// <returns>Losses and gradient norms of every finished epoch, and why training ended.</returns>
    /// <exception cref="ArgumentNullException">The model, training or options are null.</exception>
    /// <exception cref="ArgumentException">Data, options, model and checkpoint do not fit together, or the loss ignores all targets of
    /// some data; nothing was changed. A loss of your
    /// own refuses targets in their batch only, after the batches before it.</exception>
    /// <exception cref="InvalidOperationException">The optimizer belongs to another model; nothing was changed. Or callbacks want to
    /// remember more than a checkpoint may hold.</exception>
    /// <exception cref="ModelFileException">The checkpoint is damaged or none; nothing was changed.</exception>
    /// <exception cref="IOException">The checkpoint does not exist or cannot be read; or a callback cannot begin, as where the folder of its
    /// file is missing.</exception>
    /// <exception cref="UnauthorizedAccessException">The checkpoint must not be read, or a callback's file not be written, before the first
    /// batch.</exception>
    /// <exception cref="NonFiniteTrainingException">A loss or gradient is not finite, or an update made a weight overflow; without a
    /// finished validation the model has the weights from before that batch, or the overflowed ones.</exception>
    public static TrainingResult Fit(
        this SequenceModel model,
        SequenceDataset training,
        TrainingOptions options,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(options);
        TrainingChecks.ThrowIfUnfit(model, training, options);
        return new Trainer(model, training, options, progress, cancellationToken).Run();
    }
}
