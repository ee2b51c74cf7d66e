namespace LstmSharp;

/// <summary>The gradients of one step: of one batch, or of several as if they were one.</summary>
internal sealed class BatchGradients(EpochBatches batches, TrainingOptions options, ParameterSet gradients)
{
    /// <summary>How many steps an epoch has.</summary>
    public int Count { get; } = (int)(((long)batches.Count + options.AccumulateBatches - 1) / options.AccumulateBatches);

    /// <summary>The batch that was run last.</summary>
    public TrainingBatch LastBatch { get; private set; } = batches.Load(0);

    /// <summary>Computes the gradients of the mean loss over all targets of a step.</summary>
    /// <param name="step">From 0 to <see cref="Count"/> − 1.</param>
    /// <returns>That loss, and how many targets it is the mean over. A batch whose loss is not finite ends the step with that loss.</returns>
    public (float Loss, int Targets) Compute(int step)
    {
        int first = step * options.AccumulateBatches, count = Math.Min(options.AccumulateBatches, batches.Count - first);
        gradients.Clear();
        return count == 1 ? ComputeOne(first) : ComputeSeveral(first, count);
    }

    private (float Loss, int Targets) ComputeOne(int index)
    {
        float loss = Forward(index);
        LastBatch.Backward(gradients);
        return (loss, LastBatch.CountedTargets);
    }

    private (float Loss, int Targets) ComputeSeveral(int first, int count)
    {
        int targets = 0;
        for (int n = first; n < first + count; n++)
        {
            targets += batches.Load(n).CountTargets(options.Loss);
        }

        WeightedMean mean = default;
        for (int n = first; n < first + count; n++)
        {
            float loss = Forward(n);
            if (!float.IsFinite(loss))
            {
                return (loss, targets);
            }

            LastBatch.ScaleGradient((float)(LastBatch.CountedTargets / Math.Max((double)targets, 1)));
            LastBatch.Backward(gradients);
            mean.Add(loss, LastBatch.CountedTargets);
        }

        return (targets == 0 ? 0 : mean.Value, targets);
    }

    private float Forward(int index)
    {
        LastBatch = batches.Load(index);
        return LastBatch.Forward(options.Loss);
    }
}
