namespace LstmSharp;

/// <summary>How far training is: reported after every batch; an epoch's last report comes after its validation.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Epochs">How many epochs there are, unless training stops early.</param>
/// <param name="Batch">How many batches of this epoch are done, from 1.</param>
/// <param name="Batches">How many batches an epoch has.</param>
/// <param name="TrainingLoss">The mean loss of this epoch's counted targets so far; NaN before the first.</param>
/// <param name="ValidationLoss">The last known validation loss: this epoch's in its last report, before that the epoch's before;
/// null before the first and without validation.</param>
/// <param name="Elapsed">The time since this call of <c>Fit</c> began.</param>
/// <param name="EstimatedRemaining">The time left if all epochs run and go on at the mean speed of this call so far; null while that is
/// unknown, as it has not run a batch yet.</param>
public readonly record struct TrainingProgress(
    int Epoch,
    int Epochs,
    int Batch,
    int Batches,
    float TrainingLoss,
    float? ValidationLoss,
    TimeSpan Elapsed,
    TimeSpan? EstimatedRemaining)
{
    /// <summary>The faults of callbacks and checkpoints after which training went on; empty where there were none.</summary>
    public IReadOnlyList<TrainingFault> Faults { get => field ?? []; init; }
}
