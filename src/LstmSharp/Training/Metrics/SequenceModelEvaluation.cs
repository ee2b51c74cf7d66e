namespace LstmSharp;

/// <summary>Measures models.</summary>
public static class SequenceModelEvaluation
{
    /// <summary>Runs a model over samples and measures its loss and whatever else is asked for.</summary>
    /// <remarks>Every sequence starts from zero states. The samples run in their order, so the same data gives the same bits; with the
    /// batch size of training, the loss has the bits of <see cref="EpochSummary.ValidationLoss"/>. A loss that is not finite is
    /// returned as it is. Any number of threads may do this with one model, each with metrics of its own.</remarks>
    /// <param name="model">The model.</param>
    /// <param name="data">The samples.</param>
    /// <param name="loss">What training makes small.</param>
    /// <param name="metrics">What else to measure, such as <c>[new MeanAbsoluteError()]</c>: metrics of values for value targets, of
    /// classes for class targets. Each is reset first. By default nothing.</param>
    /// <param name="batchSize">How many samples run at once, 1 or more. By default 32.</param>
    /// <exception cref="ArgumentNullException">The model, data, loss or a metric is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1.</exception>
    /// <exception cref="ArgumentException">Data, model, loss and metrics do not fit together.</exception>
    public static EvaluationResult Evaluate(
        this SequenceModel model, SequenceDataset data, Loss loss, IReadOnlyList<Metric>? metrics = null, int batchSize = 32)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        metrics ??= [];
        TrainingChecks.ThrowIfUnfit(nameof(Evaluate), model, data, loss, batchSize, nameof(data));
        foreach (Metric metric in metrics)
        {
            ArgumentNullException.ThrowIfNull(metric, nameof(metrics));
            TrainingChecks.ThrowIfOfOtherTargets(nameof(Evaluate), metric, data);
            metric.Reset();
        }

        LossSum sum = default;
        var batches = new EpochBatches(model, data, batchSize, trains: false);
        for (int n = 0; n < batches.Count; n++)
        {
            TrainingBatch batch = batches.Load(n);
            sum += batch.Forward(loss);
            foreach (Metric metric in metrics)
            {
                batch.AddTo(metric);
            }
        }

        return new EvaluationResult(sum.Value, metrics);
    }
}
