namespace LstmSharp;

/// <summary>Something that training calls at its turning points: to report, to stop, to save, to steer the learning rate.</summary>
/// <remarks>Derive from it for one of your own and put it into <see cref="TrainingOptions.Callbacks"/>. <c>Fit</c> calls the callbacks
/// on its own thread, one after the other in the order of the list; the option <see cref="TrainingOptions.EarlyStopping"/>, then the
/// progress, then <see cref="TrainingOptions.Schedule"/> come after them. An <see cref="IOException"/> or
/// <see cref="UnauthorizedAccessException"/> costs no training: it is noted in <see cref="TrainingContext.Faults"/>, the others are told,
/// and training goes on; in <see cref="OnTrainingBegin"/>, where nothing is lost yet, it ends <c>Fit</c>, as any other exception does
/// anywhere. A callback serves one run at a time.</remarks>
public abstract class TrainingCallback
{
    /// <summary>Whether the weights of the best epoch (the lowest validation loss, or the best monitored metric) are brought back when training ends with its last
    /// epoch, too; then <see cref="TrainingOptions.Validation"/> must be there. By default not.</summary>
    public virtual bool BringsBestWeightsBack => false;

    /// <summary>The file of the checkpoints for which this callback asks so that a run can go on from them; null, as by default, for
    /// none. They are written after all others of the same moment.</summary>
    public virtual string? ResumePath => null;

    /// <summary>Called once before the first batch; in a resumed run when everything stands as the checkpoint says.</summary>
    /// <param name="context">The run.</param>
    public virtual void OnTrainingBegin(TrainingContext context)
    {
    }

    /// <summary>Called after every batch's update. The last batch's call comes before the epoch's validation.</summary>
    /// <remarks>Allocate nothing here, and a warm run of training allocates nothing per batch.</remarks>
    /// <param name="context">The run.</param>
    public virtual void OnBatchEnd(TrainingContext context)
    {
    }

    /// <summary>Called after every epoch and its validation, which is then the last of <see cref="TrainingContext.History"/>.</summary>
    /// <param name="context">The run.</param>
    public virtual void OnEpochEnd(TrainingContext context)
    {
    }

    /// <summary>Called once when training ends, whatever the <see cref="TrainingContext.StopReason"/>, but not after an exception. The
    /// model has the weights of the last batch: where the best ones are brought back, that comes after this call, also where it
    /// throws.</summary>
    /// <param name="context">The run.</param>
    public virtual void OnTrainingEnd(TrainingContext context)
    {
    }

    /// <summary>What this callback must remember to go on in another process; null, as by default, for nothing. It becomes part of
    /// every checkpoint, under the type's full name and the callback's place among those of its type. All callbacks together may
    /// remember about a million characters; where it is more, <c>Fit</c> throws an <see cref="InvalidOperationException"/> instead of
    /// saving.</summary>
    public virtual string? SaveState() => null;

    /// <summary>Takes the state that <see cref="SaveState"/> gave, or for null the state of a new run. Called before every run, before
    /// anything was changed, and before <see cref="OnTrainingBegin"/>.</summary>
    /// <remarks>An exception refuses the checkpoint, a <see cref="FormatException"/> as a <see cref="ModelFileException"/>; then all
    /// callbacks are given back the state that <see cref="SaveState"/> told of before.</remarks>
    /// <param name="state">The state in the checkpoint; null without one.</param>
    public virtual void RestoreState(string? state)
    {
    }

    /// <summary>The option that this callback is, with its settings, where a resumed run must have the same; null for none.</summary>
    internal virtual (string Option, string Settings)? SettingsOf(TrainingOptions options) => null;

    /// <summary>Called when a checkpoint was written, or was tried in vain and is kept for later.</summary>
    internal virtual void OnCheckpointTried(string path, bool isWritten)
    {
    }
}
