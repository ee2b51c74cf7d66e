namespace LstmSharp;

/// <summary>Tells an <see cref="IProgress{T}"/> of every batch; of an epoch's last one after the validation.</summary>
internal sealed class ProgressCallback(IProgress<TrainingProgress> progress) : TrainingCallback
{
    public override void OnBatchEnd(TrainingContext context)
    {
        if (context.Batch < context.Batches)
        {
            progress.Report(context.Progress);
        }
    }

    public override void OnEpochEnd(TrainingContext context) => progress.Report(context.Progress);

    public override string ToString() => progress.ToString()!;
}
