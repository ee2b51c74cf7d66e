namespace LstmSharp;

/// <summary>Each step is one batch, or several as if they were one.</summary>
internal sealed class BatchSteps(EpochBatches batches, TrainingOptions options, ParameterSet gradients)
    : TrainingSteps(batches, options, gradients)
{
    public override int Count => (int)(((long)Batches.Count + Options.AccumulateBatches - 1) / Options.AccumulateBatches);

    public override LossSum Compute(int step, long update)
    {
        int first = step * Options.AccumulateBatches, count = Math.Min(Options.AccumulateBatches, Batches.Count - first);
        double? divisor = count == 1 ? null : TotalWeight(first, count);
        LossSum sum = default;
        Gradients.Clear();
        for (int n = first; n < first + count; n++)
        {
            LastBatch = Batches.Load(n);
            LossSum ofBatch = LastBatch.ForwardToTrain(Options.Loss, Options.Seed, update, divisor);
            if (count > 1 && !double.IsFinite(ofBatch.Sum))
            {
                return ofBatch;
            }

            LastBatch.Backward(Gradients);
            sum += ofBatch;
        }

        return sum;
    }

    private double TotalWeight(int first, int count)
    {
        double weight = 0;
        for (int n = first; n < first + count; n++)
        {
            weight += Batches.Load(n).TotalWeight(Options.Loss);
        }

        return weight;
    }
}
