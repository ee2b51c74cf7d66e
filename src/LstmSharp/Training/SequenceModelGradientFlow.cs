namespace LstmSharp;

/// <summary>Measures the gradient flow of training.</summary>
public static class SequenceModelGradientFlow
{
    /// <summary>Measures how the gradient of a loss flows back through a model's recurrent layers.</summary>
    /// <remarks>All samples run as one batch, from zero states, as the model predicts: take as many as a batch of training has, with
    /// <see cref="SequenceDataset.Subset(Range)"/>. Of sequences of different length, the lag counts from each one's own last step. Changes
    /// nothing in the model.</remarks>
    /// <param name="model">The model.</param>
    /// <param name="data">The samples.</param>
    /// <param name="loss">The loss that training makes small.</param>
    /// <param name="saturation">How near to its bounds a gate counts as saturated, as a share of its range: above 0, below 0.5. By
    /// default 0.05; see <see cref="GradientFlow.Measure"/>.</param>
    /// <exception cref="ArgumentNullException">The model, data or loss is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The saturation is not between 0 and 0.5.</exception>
    /// <exception cref="ArgumentException">Data, model and loss do not fit together.</exception>
    public static GradientFlow MeasureGradientFlow(this SequenceModel model, SequenceDataset data, Loss loss, float saturation = 0.05f)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(loss);
        GradientFlow.ThrowUnlessBelowHalf(saturation);
        TrainingChecks.ThrowIfUnfit(nameof(MeasureGradientFlow), model, data, loss, data.Count, nameof(data));
        var batch = new TrainingBatch(model, data, data.Count, trains: true, memoryBudget: null);
        batch.Load([.. Enumerable.Range(0, data.Count)]);
        batch.Forward(loss);
        return batch.MeasureGradientFlow(saturation);
    }
}
