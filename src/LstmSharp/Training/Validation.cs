namespace LstmSharp;

/// <summary>Measures a run's validation data after every epoch, with the weights to predict with.</summary>
internal sealed class Validation(SequenceModel model, SequenceDataset data, TrainingOptions options, WeightsToPredictWith weights)
{
    private readonly EpochBatches _batches = new(model, data, options.BatchSize, trains: false);

    /// <summary>Measures all of the data, and keeps the weights if they are the best so far.</summary>
    /// <param name="isStopped">Asked before every batch.</param>
    /// <param name="diagnosis">Explains a loss that is not finite, given the batch's number from 1.</param>
    /// <returns>Null where it was stopped on the way.</returns>
    /// <exception cref="NonFiniteTrainingException">The loss of a batch is not finite.</exception>
    public ValidationScore? Run(Func<bool> isStopped, Func<int, NonFiniteDiagnosis> diagnosis)
    {
        weights.Average?.Exchange();
        try
        {
            ValidationScore? score = Measure(isStopped, diagnosis);
            if (score is { Loss: { } loss, Metric: var metric })
            {
                weights.Best!.Offer(EpochSummary.ScoreOf(options.Monitor, loss, metric));
            }

            return score;
        }
        finally
        {
            weights.Average?.Exchange();
        }
    }

    private ValidationScore? Measure(Func<bool> isStopped, Func<int, NonFiniteDiagnosis> diagnosis)
    {
        LossSum total = default;
        options.Monitor?.Reset();
        for (int n = 0; n < _batches.Count; n++)
        {
            if (isStopped())
            {
                return null;
            }

            TrainingBatch batch = _batches.Load(n);
            LossSum sum = batch.Forward(options.Loss);
            if (!sum.IsInRange)
            {
                throw diagnosis(n + 1).Explain(batch, sum, null);
            }

            total += sum;
            if (options.Monitor is { } monitor)
            {
                batch.AddTo(monitor);
            }
        }

        return new ValidationScore(total.Value, (float?)options.Monitor?.Value);
    }
}
