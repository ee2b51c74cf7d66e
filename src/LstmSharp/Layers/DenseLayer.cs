using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>A dense (fully connected) layer, the same at every time step: y = act(W·x + b).</summary>
/// <remarks>With Tanh it is the lecture's output y_t = tanh(Wy·h_t + b): docs/math/rnn.md, equation (3).</remarks>
public sealed class DenseLayer : Layer
{
    internal DenseLayer(int inputSize, int outputSize, Activation activation, string namePrefix)
        : this(
            new Parameter($"{namePrefix}{nameof(Weights)}", outputSize, inputSize),
            new Parameter($"{namePrefix}{nameof(Bias)}", outputSize),
            activation)
    {
    }

    private DenseLayer(Parameter weights, Parameter bias, Activation activation)
        : base(weights.Shape[1], weights.Shape[0], new ParameterSet(weights, bias))
    {
        Weights = weights;
        Bias = bias;
        Activation = activation;
        Panels = new PackedWeights(weights, gates: 1, PackingOrder.Forward);
        BackwardPanels = new PackedWeights(weights, gates: 1, PackingOrder.Backward);
        BiasRow = new PackedWeights(bias, gates: 1, PackingOrder.Bias);
    }

    /// <summary>The weights W, shape [OutputSize, InputSize].</summary>
    public Parameter Weights { get; }

    /// <summary>The bias b, shape [OutputSize].</summary>
    public Parameter Bias { get; }

    /// <summary>The function applied to the sums.</summary>
    public Activation Activation { get; }

    internal PackedWeights Panels { get; }

    internal PackedWeights BackwardPanels { get; }

    internal PackedWeights BiasRow { get; }

    internal override long FloatsKept => Kernels.Panels.RowStride(OutputSize) + Kernels.Panels.RowStride(InputSize);

    /// <inheritdoc/>
    public override string ToString() => $"Dense({InputSize} => {OutputSize}, {Activation}, {Parameters.TotalCount} parameters)";

    internal override void Initialize(RandomStream random, WeightInitialization initialization) =>
        Initializers.InitializeDense(Weights, Bias, random, initialization);

    internal override LayerPass CreatePass(bool keep) => new DensePass(this);
}
