using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Measures the gradient flow of training.</summary>
public static class SequenceModelGradientFlow
{
    /// <summary>Measures how the gradient of a loss flows back through a model's recurrent layers.</summary>
    /// <remarks>All samples run as one batch, from zero states: take as many as a batch of training has, with
    /// <see cref="SequenceDataset.Subset(Range)"/>. Changes nothing in the model.</remarks>
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
        TrainingChecks.ThrowIfUnfit(nameof(MeasureGradientFlow), model, data, loss, data.Count, nameof(data));
        if (loss is CtcLoss)
        {
            throw new ArgumentException(
                $"MeasureGradientFlow: loss must have a target of its own for each output, but {loss} has labels; give GradientFlow.Measure "
                + "the gradient that its Sum computes.",
                nameof(loss));
        }

        if (data.HasTokenInputs)
        {
            throw new ArgumentException(
                $"MeasureGradientFlow: {nameof(data)} must have values as inputs, but {data} has tokens; measure the layers behind the " +
                "embedding on its output.",
                nameof(data));
        }

        Tensor<float> input = data.InputSource.ToTensor(data, nameof(data.Inputs));
        Tensor<float> output = model.Predict(input);
        Tensor<float> gradient = Tensor.CreateFromShape<float>(output.Lengths);
        if (loss is Loss<int> ofClasses)
        {
            Tensor<int> classes = data.ClassSource.ToTensor(data, nameof(data.Classes));
            ofClasses.Evaluate(TensorValues.Of(output), TensorValues.Of(classes), TensorValues.Of(gradient));
        }
        else
        {
            Tensor<float> targets = data.TargetSource.ToTensor(data, nameof(data.Targets));
            ((Loss<float>)loss).Evaluate(TensorValues.Of(output), TensorValues.Of(targets), TensorValues.Of(gradient));
        }

        return GradientFlow.Measure(model, input, gradient, saturation: saturation);
    }
}
