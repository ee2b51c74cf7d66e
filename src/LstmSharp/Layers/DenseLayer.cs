using LstmSharp.Kernels;
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

    /// <summary>A layer whose weights are those of an embedding.</summary>
    internal DenseLayer(EmbeddingLayer tiedTo, string namePrefix)
        : this(tiedTo.Weights, new Parameter($"{namePrefix}{nameof(Bias)}", tiedTo.VocabularySize))
    {
    }

    private DenseLayer(Parameter sharedWeights, Parameter bias)
        : this(sharedWeights, bias, Activation.Identity, new ParameterSet(bias)) => IsTied = true;

    private DenseLayer(Parameter weights, Parameter bias, Activation activation)
        : this(weights, bias, activation, new ParameterSet(weights, bias))
    {
    }

    private DenseLayer(Parameter weights, Parameter bias, Activation activation, ParameterSet own)
        : base(weights.Shape[1], weights.Shape[0], own)
    {
        Weights = weights;
        Bias = bias;
        Activation = activation;
        Panels = new PackedWeights(weights, gates: 1, PackingOrder.Forward);
        BackwardPanels = new PackedWeights(weights, gates: 1, PackingOrder.Backward);
        BiasRow = new PackedWeights(bias, gates: 1, PackingOrder.Bias);
    }

    /// <summary>The weights W, shape [OutputSize, InputSize]. Those of a tied layer are the embedding's, in whose
    /// <see cref="Layer.Parameters"/> alone they stand.</summary>
    public Parameter Weights { get; }

    /// <summary>Whether <see cref="Weights"/> are those of the model's embedding: <see cref="SequenceModelBuilder.TiedDense"/>.</summary>
    public bool IsTied { get; }

    /// <summary>The bias b, shape [OutputSize].</summary>
    public Parameter Bias { get; }

    /// <summary>The function applied to the sums.</summary>
    public Activation Activation { get; }

    internal PackedWeights Panels { get; }

    internal PackedWeights BackwardPanels { get; }

    internal PackedWeights BiasRow { get; }

    internal override long WeightsOfRow => Weights.Count + (long)Bias.Count;

    internal override Parameter? BorrowedParameter => IsTied ? Weights : null;

    internal override long FloatsKept => Kernels.Panels.RowStride(OutputSize) + Kernels.Panels.RowStride(InputSize);

    internal override bool NeedsNoOutputs => Activation == Activation.Identity;

    /// <inheritdoc/>
    public override string ToString() => IsTied
        ? $"TiedDense({InputSize} => {OutputSize}, {Parameters.TotalCount} parameters)"
        : $"Dense({InputSize} => {OutputSize}, {Activation}, {Parameters.TotalCount} parameters)";

    internal override void Initialize(RandomKey key, WeightInitialization initialization)
    {
        RandomStream random = new(key);
        if (IsTied)
        {
            Initializers.InitializeBias(Bias, InputSize, random, initialization);
        }
        else
        {
            Initializers.InitializeDense(Weights, Bias, random, initialization);
        }
    }

    internal override LayerPass CreatePass(bool keep) => new DensePass(this);

    internal override bool StepsDirectly => true;

    internal override LayerStep CreateStep(SimdWidth width) => new DenseStep(this, width);

    /// <summary>What one row is multiplied by, up to date until the next edit.</summary>
    internal unsafe RowWeights Row(SimdWidth width) => new()
    {
        Initial = BiasRow.For(width),
        VectorStride = width.Lanes(),
        Units = OutputSize,
        InputSize = InputSize,
        InputWeights = Panels.For(width),
    };

    /// <summary>Runs rows through the layer.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="input">The rows that enter.</param>
    /// <param name="inputStride">The distance between two of them.</param>
    /// <param name="rows">How many.</param>
    /// <param name="outputs">Receives the rows that leave, each of <see cref="Kernels.Panels.RowStride"/> floats.</param>
    internal unsafe void Forward(SimdWidth width, float* input, nint inputStride, int rows, float* outputs)
    {
        int stride = Kernels.Panels.RowStride(OutputSize);
        var panels = Kernels.Panels.Plain(width, OutputSize);
        PanelRows result = panels.In(outputs, stride);
        var sums = new Product
        {
            Initial = panels.In(BiasRow.For(width), rowStride: 0),
            Result = result,
            Rows = rows,
            Panels = panels,
        };
        sums.Append(Segment.OfPacked(width, input, inputStride, InputSize, Panels.For(width)));
        PanelProduct.Run(width, sums, new DenseForward { Activation = Activation, Outputs = result, Stride = stride });
    }
}
