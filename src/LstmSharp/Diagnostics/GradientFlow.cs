using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>How large the gradient is that backpropagation through time brings to each step's state, and how many gates stand in its
/// way, for every recurrent layer of a model.</summary>
/// <remarks><para>A gradient that shrinks exponentially with the lag has vanished for training, whatever the end of the sequence owes to
/// its beginning: docs/math/rnn.md, section 7; docs/math/lstm.md, section 7. Measuring is one run forward as the model predicts and one
/// backward, beside training, which knows nothing of it and does not pay for it.</para>
/// <para>The norms are those of float32 gradients, which the kernels round to a spacing of about 2^−94 where they are below 2^−70:
/// a curve that falls ends near 1e−28; what is drawn below that is rounding.</para></remarks>
public sealed class GradientFlow
{
    private GradientFlow(IReadOnlyList<LayerGradientFlow> layers) => Layers = layers;

    /// <summary>The recurrent layers, in the order in which data passes them, those inside others among them.</summary>
    public IReadOnlyList<LayerGradientFlow> Layers { get; }

    /// <summary>Measures the gradients of any loss.</summary>
    /// <remarks>To see how far back the loss of one step reaches, give the gradient of that step's output and zeros for all others.
    /// Safe on several threads at once.</remarks>
    /// <param name="model">The model.</param>
    /// <param name="input">The sequences, shape [SequenceLength, BatchSize, InputSize], or tokens, shape [SequenceLength, BatchSize], with or
    /// without lengths. The lag counts from each row's own last step.</param>
    /// <param name="outputGradient">The gradient of the loss with respect to every output, shape [OutputLength(SequenceLength),
    /// BatchSize, OutputSize], as a <see cref="Loss"/> computes it; what stands beyond a row's length is not read.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <param name="saturation">How near to its bounds a gate counts as saturated, as a share of its range: above 0, below 0.5. By
    /// default 0.05: a σ gate outside 0.05 to 0.95, or a tanh outside −0.9 to 0.9, which lets through less than a fifth of the gradient
    /// that it could.</param>
    /// <exception cref="ArgumentNullException">The model is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The saturation is not between 0 and 0.5.</exception>
    /// <exception cref="ArgumentException">A shape does not fit the model, the input holds values for tokens or the other way round, a token
    /// is outside the vocabulary, a length is not from 0 to SequenceLength, or a layer's values would not fit into one array.</exception>
    public static GradientFlow Measure(
        SequenceModel model,
        in SequenceInput input,
        in ReadOnlyTensorSpan<float> outputGradient,
        ModelState? initialState = null,
        float saturation = 0.05f)
    {
        ArgumentNullException.ThrowIfNull(model);
        ThrowUnlessBelowHalf(saturation);
        (int length, int batchSize) = model.CheckInput(input);
        int outputLength = model.OutputLength(length);
        ThrowUnlessShape(outputGradient, [outputLength, batchSize, model.OutputSize], nameof(outputGradient));
        SequencePass pass = model.CreatePass();
        pass.Forward(input, initialState);
        return Of(pass, TensorValues.Of(outputGradient), saturation);
    }

    /// <inheritdoc/>
    public override string ToString() => $"GradientFlow({string.Join(", ", Layers)})";

    /// <summary>Measures the gradients of a loss of what a pass made in its last run forward.</summary>
    /// <param name="pass">The pass, whose way back runs here.</param>
    /// <param name="outputGradient">The gradient of the loss with respect to every output, row-major.</param>
    /// <param name="saturation">How near to its bounds a gate counts as saturated.</param>
    internal static GradientFlow Of(SequencePass pass, ReadOnlySpan<float> outputGradient, float saturation)
    {
        ThrowUnlessBelowHalf(saturation);
        (RecurrentPass Pass, GradientNorms Norms)[] layers =
            [.. pass.RecurrentPasses.Select(layer => (layer, layer.MeasureGradients()))];
        pass.Backward(outputGradient, pass.Model.Parameters.CreateZeros(), finalStateGradient: null, wantInputGradient: false);
        var flow = new GradientFlow(Array.AsReadOnly(
            Array.ConvertAll(layers, layer => LayerGradientFlow.Of(layer.Pass, layer.Norms, saturation))));
        GC.KeepAlive(pass);
        return flow;
    }

    internal static void ThrowUnlessBelowHalf(float saturation)
    {
        if (!(saturation > 0 && saturation < 0.5f))
        {
            throw new ArgumentOutOfRangeException(
                nameof(saturation), saturation, "GradientFlow: saturation must be above 0 and below 0.5.");
        }
    }

    private static void ThrowUnlessShape(in ReadOnlyTensorSpan<float> gradient, ReadOnlySpan<nint> lengths, string name)
    {
        if (!gradient.Lengths.SequenceEqual(lengths))
        {
            throw new ArgumentException(
                $"GradientFlow: {name} must have shape {TensorValues.Shape(lengths)}, but has {TensorValues.Shape(gradient.Lengths)}.", name);
        }
    }
}
