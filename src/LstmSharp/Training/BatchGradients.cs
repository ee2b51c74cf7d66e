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
    /// <param name="update">The number of the update, from 0, which decides what layers drop.</param>
    /// <returns>The loss of the step; of several batches, where one batch's loss is not finite, that one's, without its gradients.</returns>
    public LossSum Compute(int step, long update)
    {
        int first = step * options.AccumulateBatches, count = Math.Min(options.AccumulateBatches, batches.Count - first);
        double? divisor = count == 1 ? null : TotalWeight(first, count);
        LossSum sum = default;
        gradients.Clear();
        for (int n = first; n < first + count; n++)
        {
            LastBatch = batches.Load(n);
            LossSum ofBatch = LastBatch.ForwardToTrain(options.Loss, options.Seed, update, divisor);
            if (count > 1 && !double.IsFinite(ofBatch.Sum))
            {
                return ofBatch;
            }

            LastBatch.Backward(gradients);
            sum += ofBatch;
        }

        return sum;
    }

    private double TotalWeight(int first, int count)
    {
        double weight = 0;
        for (int n = first; n < first + count; n++)
        {
            weight += batches.Load(n).TotalWeight(options.Loss);
        }

        return weight;
    }
}
