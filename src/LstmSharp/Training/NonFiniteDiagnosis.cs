namespace LstmSharp;

/// <summary>Finds where a number that is not finite came from: the first along the way of the data, and for gradients the first on the
/// way back.</summary>
/// <param name="model">The model that is trained.</param>
/// <param name="epoch">The epoch, from 1.</param>
/// <param name="batchNumber">The batch, from 1.</param>
/// <param name="phase">What kind of batch it is.</param>
/// <param name="bringsBestBack">Whether the model is about to get the best epoch's weights back.</param>
internal sealed class NonFiniteDiagnosis(SequenceModel model, int epoch, int batchNumber, string phase, bool bringsBestBack)
{
    private const string RemedyOfTraining = "Check the data, lower the learning rate, or set ClipGradientNorm.";

    private const string RemedyOfData = "Fill such values, or leave such samples out.";

    private const string Overflowed = "An update made it overflow; lower the learning rate, or set ClipGradientNorm.";

    private const string Best = " The model has the weights of the epoch with the lowest validation loss.";

    private const string BeforeTheBatch = " The weights were left as they were before it.";

    private const string OverflowedWeights = " The model still has the overflowed weights.";

    /// <summary>Explains a batch whose loss or gradients are not finite although all weights are.</summary>
    public NonFiniteTrainingException Explain(TrainingBatch batch, float loss, ParameterSet? gradients) =>
        InData(batch.Inputs, batch, batch.Dataset.InputSize, "input")
        ?? InData(batch.Targets, batch, batch.Dataset.TargetSize, "target")
        ?? InOutputs(batch)
        ?? (float.IsFinite(loss) ? null : Found(null, "loss", $"the loss is {loss} although the model's output is finite", RemedyOfTraining))
        ?? InGradients(gradients!)!;

    /// <summary>Explains weights that an update left not finite.</summary>
    public NonFiniteTrainingException ExplainWeights() =>
        InParameters(model.Parameters, Enumerable.Range(0, model.Layers.Count), string.Empty, Overflowed)!;

    /// <summary>Explains an optimizer's moment that an update left not finite: its weight would hardly move again.</summary>
    public NonFiniteTrainingException ExplainMoment(string moment, ParameterSet values) =>
        InParameters(
            values,
            Enumerable.Range(0, model.Layers.Count),
            $"optimizer's {moment} of ",
            "Weight decay or a gradient made it overflow, and the weight hardly moves any more: lower the weight decay or the learning rate, " +
            "or set ClipGradientNorm, and go on with a new optimizer.")!;

    /// <summary>Throws where a gradient that is finite has a square that is not, for an optimizer that keeps squares.</summary>
    public void ThrowIfBeyond(float largest, ParameterSet gradients)
    {
        foreach (Parameter gradient in gradients)
        {
            foreach (float value in gradient.Values)
            {
                if (MathF.Abs(value) > largest)
                {
                    int layer = Enumerable.Range(0, model.Layers.Count)
                        .First(n => model.Layers[n].Parameters.TryGet(gradient.Name, out _));
                    throw Found(
                        layer,
                        $"gradient of {gradient.Name}",
                        $"{NameOf(layer)}: gradient of {gradient.Name} holds {value}, whose square overflows in the optimizer's moments",
                        RemedyOfTraining);
                }
            }
        }
    }

    private NonFiniteTrainingException? InData(ReadOnlySpan<float> values, TrainingBatch batch, int size, string tensor)
    {
        int index = IndexOfNonFinite(values);
        if (index < 0)
        {
            return null;
        }

        int row = index / size, step = row / batch.Size, sample = batch.Samples[row % batch.Size];
        return Found(
            null, tensor, $"the {tensor} of sample {sample} is {values[index]} at step {step}, feature {index % size}", RemedyOfData);
    }

    /// <summary>Gradients flow from the last layer to the first.</summary>
    private NonFiniteTrainingException? InGradients(ParameterSet gradients) =>
        InParameters(gradients, Enumerable.Range(0, model.Layers.Count).Reverse(), "gradient of ", RemedyOfTraining);

    private NonFiniteTrainingException? InParameters(ParameterSet set, IEnumerable<int> layers, string prefix, string remedy)
    {
        foreach (int layer in layers)
        {
            int first = model.Layers.Take(layer).Sum(before => before.Parameters.Count);
            for (int n = first; n < first + model.Layers[layer].Parameters.Count; n++)
            {
                int index = IndexOfNonFinite(set[n].Values);
                if (index >= 0)
                {
                    string tensor = prefix + set[n].Name;
                    return Found(layer, tensor, $"{NameOf(layer)}: {tensor} holds {set[n].Values[index]}", remedy);
                }
            }
        }

        return null;
    }

    /// <summary>Runs ever longer parts of the model: a layer's own output is kept nowhere.</summary>
    private NonFiniteTrainingException? InOutputs(TrainingBatch batch)
    {
        for (int layer = 0; layer < model.Layers.Count; layer++)
        {
            var part = new SequenceModel(model.InputSize, [.. model.Layers.Take(layer + 1)]);
            ReadOnlySpan<float> output = TensorValues.Of(part.Predict(batch.Input));
            int index = IndexOfNonFinite(output);
            if (index >= 0)
            {
                return Found(layer, $"output of layer {layer}", $"{NameOf(layer)}: its output holds {output[index]}", RemedyOfTraining);
            }
        }

        return null;
    }

    private NonFiniteTrainingException Found(int? layer, string tensor, FormattableString finding, string remedy) =>
        new(
            FormattableString.Invariant($"Fit: epoch {epoch}, {phase} {batchNumber}: {finding}. {remedy}") +
                (bringsBestBack ? Best : remedy == Overflowed ? OverflowedWeights : BeforeTheBatch),
            epoch,
            batchNumber,
            layer,
            tensor);

    private string NameOf(int layer) => $"layer {layer}, {model.Layers[layer]}";

    private static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        for (int n = 0; n < values.Length; n++)
        {
            if (!float.IsFinite(values[n]))
            {
                return n;
            }
        }

        return -1;
    }
}
