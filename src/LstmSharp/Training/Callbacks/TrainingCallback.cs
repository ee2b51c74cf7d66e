namespace LstmSharp;

/// <summary>Something that training calls at its turning points: to report, to stop, to save, to steer the learning rate.</summary>
/// <remarks>Derive from it for one of your own and put it into <see cref="TrainingOptions.Callbacks"/>. <c>Fit</c> calls the callbacks
/// on its own thread, one after the other in the order of the list; the option <see cref="TrainingOptions.EarlyStopping"/>, then the
/// progress, then <see cref="TrainingOptions.Schedule"/> come after them. An exception ends <c>Fit</c>. A callback serves one run at a
/// time.</remarks>
public abstract class TrainingCallback
{
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
    /// <param name="state">The state in the checkpoint; null without one.</param>
    public virtual void RestoreState(string? state)
    {
    }
}
