using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>How large the gradient is that backpropagation through time brings to each step's state, and how many gates stand in its
/// way, for every recurrent layer of a model.</summary>
/// <remarks><para>A gradient that shrinks exponentially with the lag has vanished for training, whatever the end of the sequence owes to
/// its beginning: docs/math/rnn.md, section 7; docs/math/lstm.md, section 7. Measuring runs the layers' own backward passes one step at a
/// time, beside training, which knows nothing of it and does not pay for it.</para>
/// <para>The norms are those of float32 gradients, which the kernels round to a spacing of about 2^−94 where they are below 2^−70:
/// a curve that falls ends near 1e−28; what is drawn below that is rounding.</para></remarks>
public sealed class GradientFlow
{
    private GradientFlow(List<LayerGradientFlow> layers) => Layers = layers.AsReadOnly();

    /// <summary>The recurrent layers, in the order in which data passes them; those inside a Residual are not among them.</summary>
    public IReadOnlyList<LayerGradientFlow> Layers { get; }

    /// <summary>Measures the gradients of any loss.</summary>
    /// <remarks>To see how far back the loss of one step reaches, give the gradient of that step's output and zeros for all others.
    /// Safe on several threads at once.</remarks>
    /// <param name="model">The model.</param>
    /// <param name="input">The sequences, shape [SequenceLength, BatchSize, InputSize].</param>
    /// <param name="outputGradient">The gradient of the loss with respect to every output, shape [OutputLength(SequenceLength),
    /// BatchSize, OutputSize], as a <see cref="Loss"/> computes it.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <param name="saturation">How near to its bounds a gate counts as saturated, as a share of its range: above 0, below 0.5. By
    /// default 0.05: a σ gate outside 0.05 to 0.95, or a tanh outside −0.9 to 0.9, which lets through less than a fifth of the gradient
    /// that it could.</param>
    /// <exception cref="ArgumentNullException">The model is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The saturation is not between 0 and 0.5.</exception>
    /// <exception cref="ArgumentException">A shape does not fit the model, or a layer's values would not fit into one array.</exception>
    public static GradientFlow Measure(
        SequenceModel model,
        in ReadOnlyTensorSpan<float> input,
        in ReadOnlyTensorSpan<float> outputGradient,
        ModelState? initialState = null,
        float saturation = 0.05f)
    {
        ArgumentNullException.ThrowIfNull(model);
        ThrowUnlessBelowHalf(saturation);
        (int length, int batchSize) = model.CheckInput(input);
        int outputLength = model.OutputLength(length);
        ThrowUnlessShape(outputGradient, [outputLength, batchSize, model.OutputSize], nameof(outputGradient));
        var gradient = Tensor.Create(TensorValues.Of(outputGradient).ToArray(), [outputLength, batchSize, model.OutputSize]);
        var layers = new List<LayerGradientFlow>();
        foreach (LayerRun run in GateTrace.Run(model, input, initialState).Reverse())
        {
            if (run.Trace is null)
            {
                gradient = ThroughLayer(run, gradient);
            }
            else
            {
                layers.Insert(0, LayerGradientFlow.Measure(run, run.Trace, gradient, saturation, out gradient));
            }
        }

        return new GradientFlow(layers);
    }

    /// <inheritdoc/>
    public override string ToString() => $"GradientFlow({string.Join(", ", Layers)})";

    private static Tensor<float> ThroughLayer(LayerRun run, Tensor<float> outputGradient)
    {
        SequencePass pass = run.Alone.CreatePass();
        pass.Forward(run.Input, run.Initial);
        pass.Backward(outputGradient, run.Alone.Parameters.CreateZeros());
        Tensor<float> inputGradient = Tensor.CreateFromShape<float>(run.Input.Lengths);
        pass.InputGradient.CopyTo(inputGradient);
        return inputGradient;
    }

    private static void ThrowUnlessBelowHalf(float saturation)
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
