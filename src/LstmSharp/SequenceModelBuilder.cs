using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>Stacks layers into a <see cref="SequenceModel"/>; each layer takes what the one before gives.</summary>
/// <remarks>A model has at most 1,000 layers, those inside others among them. A builder builds one model; used again, it throws
/// <see cref="InvalidOperationException"/>.</remarks>
public sealed partial class SequenceModelBuilder
{
    /// <summary>The most layers a model may have; a file that claims more is refused.</summary>
    internal const int MaxLayers = 1_000;

    private readonly int _inputSize;
    private readonly List<Layer> _layers = [];
    private readonly int[] _path = [];

    /// <summary>Whether one step alone enters.</summary>
    private readonly bool _followsOneStep;

    /// <summary>The place of the first layer.</summary>
    private readonly int _firstPlace;

    /// <summary>How many layers the model has so far, those inside others among them.</summary>
    private int _count;

    internal SequenceModelBuilder(int inputSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        _inputSize = inputSize;
    }

    /// <summary>The number of values that the next layer takes.</summary>
    internal int Width => _layers.Count == 0 ? _inputSize : _layers[^1].OutputSize;

    /// <summary>Whether one step leaves the layers so far, however many enter.</summary>
    private bool GivesOneStep => _followsOneStep || _layers.Exists(layer => !layer.IsStepwise);

    /// <summary>The next layer's place in the model.</summary>
    private int[] Path => [.. _path, _firstPlace + _layers.Count];

    private string NamePrefix => $"{string.Join('.', Path)}.";

    /// <summary>Adds a vanilla RNN layer: h_t = act(Wx·x_t + Wh·h_(t−1) + b), every step's h_t going on.</summary>
    /// <param name="hiddenSize">The number of units, 1 or more.</param>
    /// <param name="activation">Tanh by default.</param>
    /// <param name="regularization">Random masks on the state while the model trains; none by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 or the activation unknown.</exception>
    /// <exception cref="ArgumentException">The weights would not fit into one array, or a memory cell's zoneout is wanted, which the layer
    /// has not.</exception>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already.</exception>
    public SequenceModelBuilder VanillaRnn(
        int hiddenSize, Activation activation = Activation.Tanh, RecurrentRegularization? regularization = null) =>
        Add(new RecurrentLayer(new VanillaRnnCell(Width, hiddenSize, activation, NamePrefix), regularization, Path));

    /// <summary>Adds an LSTM layer, every step's hidden state going on.</summary>
    /// <param name="hiddenSize">The number of units, 1 or more.</param>
    /// <param name="regularization">Random masks on the state while the model trains; none by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    /// <exception cref="ArgumentException">The weights would not fit into one array.</exception>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already.</exception>
    public SequenceModelBuilder Lstm(int hiddenSize, RecurrentRegularization? regularization = null) =>
        Add(new RecurrentLayer(new LstmCell(Width, hiddenSize, NamePrefix), regularization, Path));

    /// <summary>Adds a GRU layer, every step's hidden state going on.</summary>
    /// <param name="hiddenSize">The number of units, 1 or more.</param>
    /// <param name="reset">Where the reset gate acts: after the product by default, as in PyTorch and Keras.</param>
    /// <param name="regularization">Random masks on the state while the model trains; none by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 or the place of the reset gate unknown.</exception>
    /// <exception cref="ArgumentException">The weights would not fit into one array; a memory cell's zoneout is wanted, which the layer has
    /// not; or recurrent dropout with the reset before the product.</exception>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already.</exception>
    public SequenceModelBuilder Gru(
        int hiddenSize, GruReset reset = GruReset.AfterProduct, RecurrentRegularization? regularization = null) =>
        Add(new RecurrentLayer(new GruCell(Width, hiddenSize, reset, NamePrefix), regularization, Path));

    /// <summary>Adds a dense layer, the same at every step: y = act(W·x + b).</summary>
    /// <param name="outputSize">The number of outputs, 1 or more.</param>
    /// <param name="activation">Identity by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 or the activation unknown.</exception>
    /// <exception cref="ArgumentException">The weights would not fit into one array.</exception>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already.</exception>
    public SequenceModelBuilder Dense(int outputSize, Activation activation = Activation.Identity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputSize);
        Activations.ThrowIfUnknown(activation);
        ThrowIfTooLarge($"Dense({Width} => {outputSize})", Width, outputSize);
        return Add(new DenseLayer(Width, outputSize, activation, NamePrefix));
    }

    /// <summary>Adds a dense layer that gives a number for each token of the vocabulary, from the embedding's own weights: y = W·x + b, W being
    /// the embedding's rows, of which each speaks for its token on the way in and on the way out (weight tying).</summary>
    /// <remarks>The weights are one parameter, the embedding's: listed, counted, saved and updated once. A step's gradient is the sum of both
    /// uses, the embedding's part added last (docs/math/rnn.md, section 8). The row of a padding token gets none from either, and stays 0.
    /// Source: Press and Wolf 2017; Inan et al. 2017.</remarks>
    /// <exception cref="InvalidOperationException">The model does not begin with an embedding, as <see cref="SequenceModel.CreateForTokens"/>
    /// makes it, or shares its weights already, the layer before is not as wide as a token's vector, or the model has 1,000 layers
    /// already.</exception>
    public SequenceModelBuilder TiedDense()
    {
        if (_layers is not [EmbeddingLayer embedding, ..])
        {
            throw new InvalidOperationException(
                "TiedDense: the model must begin with an embedding whose weights it shares; begin it with SequenceModel.CreateForTokens, "
                + "or add a Dense layer.");
        }

        if (embedding.IsShared)
        {
            throw new InvalidOperationException($"TiedDense: the weights of {embedding} must be shared once at most; add a Dense layer.");
        }

        if (Width != embedding.OutputSize)
        {
            throw new InvalidOperationException(
                $"TiedDense: the layer before must give {embedding.OutputSize} values, as many as a token's vector in {embedding} has, but "
                + $"gives {Width}; add a Dense({embedding.OutputSize}) before it.");
        }

        Add(new DenseLayer(embedding, NamePrefix));
        embedding.IsShared = true;
        return this;
    }

    /// <summary>Adds a layer normalization: each step's values are brought to mean 0 and variance 1, then stretched and moved as is
    /// learned.</summary>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already.</exception>
    public SequenceModelBuilder LayerNorm() => Add(new LayerNormLayer(Width, NamePrefix));

    /// <summary>Adds dropout: while the model trains, each value becomes 0 with a probability, and what is left grows by as much as that takes
    /// away on average. In a prediction it does nothing.</summary>
    /// <param name="rate">The probability, from 0 to before 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not from 0 to before 1.</exception>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already.</exception>
    public SequenceModelBuilder Dropout(float rate) => rate is >= 0 and < 1
        ? Add(new DropoutLayer(Width, rate, Path))
        : throw new ArgumentOutOfRangeException(
            nameof(rate), rate, $"Dropout({Width}): rate must be from 0 to before 1, the share of the values that is dropped.");

    /// <summary>Adds an embedding, which must be the first layer.</summary>
    internal SequenceModelBuilder Embedding(int vocabularySize, int embeddingSize, int? paddingToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embeddingSize);
        if (paddingToken < 0 || paddingToken >= vocabularySize)
        {
            throw new ArgumentOutOfRangeException(
                nameof(paddingToken),
                paddingToken,
                $"Embedding({vocabularySize} => {embeddingSize}): paddingToken must be from 0 to {vocabularySize - 1}.");
        }

        ThrowIfTooLarge($"Embedding({vocabularySize} => {embeddingSize})", vocabularySize, embeddingSize);
        return Add(new EmbeddingLayer(vocabularySize, embeddingSize, paddingToken, NamePrefix));
    }

    /// <summary>Turns time round: every row leaves from its own last step to its first.</summary>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already.</exception>
    public SequenceModelBuilder Reverse() => Add(new ReverseLayer(Width));

    /// <summary>Lets only the last time step through: [T, B, F] becomes [1, B, F].</summary>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already.</exception>
    public SequenceModelBuilder TakeLast() => Add(new TakeLastLayer(Width));

    /// <summary>Makes one step of all, the mean over each row's own steps: [T, B, F] becomes [1, B, F].</summary>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already.</exception>
    public SequenceModelBuilder MeanOverTime() => Add(new MeanOverTimeLayer(Width));

    /// <summary>Makes one step of all, each unit's largest value among each row's own steps: [T, B, F] becomes [1, B, F].</summary>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already.</exception>
    public SequenceModelBuilder MaxOverTime() => Add(new MaxOverTimeLayer(Width));

    /// <summary>Makes one vector of a whole window: [T, B, F] becomes [1, B, T × F].</summary>
    /// <param name="sequenceLength">The windows' length T, 1 or more; only 1 after a layer that lets only one step through.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1.</exception>
    /// <exception cref="ArgumentException">The vector would be too long, or only one step can arrive and the length is another.</exception>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already.</exception>
    public SequenceModelBuilder Flatten(int sequenceLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequenceLength);
        if (GivesOneStep && sequenceLength != 1)
        {
            throw new ArgumentException(
                $"Flatten({sequenceLength} × {Width}): sequenceLength must be 1, as a layer before lets only one step through, "
                + $"but is {sequenceLength}.",
                nameof(sequenceLength));
        }

        ThrowIfTooLarge($"Flatten({sequenceLength} × {Width})", sequenceLength, Width);
        return Add(new FlattenLayer(Width, sequenceLength));
    }

    /// <summary>Makes the model, its weights drawn from a seed.</summary>
    /// <param name="seed">Decides the weights: the same seed gives the same bits, and any other gives independent ones. Each layer's follow
    /// from the seed, its place, its sizes and the initialization alone.</param>
    /// <param name="initialization">How the weights are drawn.</param>
    /// <exception cref="InvalidOperationException">No layer was added, or the model was built already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The initialization is unknown; the layers stay.</exception>
    public SequenceModel Build(int seed = 0, WeightInitialization initialization = WeightInitialization.GlorotOrthogonal)
    {
        if (!Enum.IsDefined(initialization))
        {
            throw new ArgumentOutOfRangeException(
                nameof(initialization), initialization, "SequenceModelBuilder: there is no such initialization.");
        }

        SequenceModel model = BuildUninitialized();
        for (int n = 0; n < model.Layers.Count; n++)
        {
            model.Layers[n].Initialize(RandomKey.Of(seed, RandomPurpose.Weights, place: n), initialization);
        }

        return model;
    }

    /// <summary>Makes the model with all weights 0, for weights that come from elsewhere.</summary>
    internal SequenceModel BuildUninitialized()
    {
        ThrowUnlessOpen();
        if (_path.Length > 0)
        {
            throw new InvalidOperationException(
                "SequenceModelBuilder: these are the layers inside another one, which are built with their model; call Build behind that.");
        }

        if (_layers.Count == 0)
        {
            throw new InvalidOperationException("SequenceModelBuilder: a model needs at least one layer; add one before Build.");
        }

        _use = Use.Done;
        return new SequenceModel(_inputSize, [.. _layers]);
    }

    private static void ThrowIfTooLarge(string layer, long rows, long columns)
    {
        if (rows * columns > Array.MaxLength)
        {
            throw new ArgumentException($"{layer}: must hold at most {Array.MaxLength} values, but would hold {rows} × {columns}.");
        }
    }

    private SequenceModelBuilder Add(Layer layer) => Add(layer, _count + 1);

    private SequenceModelBuilder Add(Layer layer, int count)
    {
        ThrowUnlessOpen();
        if (count > MaxLayers)
        {
            throw new InvalidOperationException($"SequenceModelBuilder: a model may have at most {MaxLayers} layers, but {layer.Title} is one more.");
        }

        _layers.Add(layer);
        _count = count;
        return this;
    }
}
