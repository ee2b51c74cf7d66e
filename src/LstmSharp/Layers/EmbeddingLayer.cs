using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>The first layer of a model that takes tokens: y = row x of the weights, x being a token's number.</summary>
/// <remarks>The same as a dense layer without bias on vectors that are 1 at place x and 0 elsewhere, to the bit, without the vectors and the
/// product: docs/guide/tokens.md. A backward run adds to the rows of the tokens that occurred alone. <see cref="SequenceModelBuilder.TiedDense"/> may share the weights. Clearing gradients, their norm and
/// an optimizer's step go over all rows, so that every optimizer gives the bits of that dense layer; each costs time in proportion to
/// VocabularySize × OutputSize.</remarks>
public sealed class EmbeddingLayer : Layer
{
    internal EmbeddingLayer(int vocabularySize, int outputSize, int? paddingToken, string namePrefix)
        : this(new Parameter($"{namePrefix}{nameof(Weights)}", vocabularySize, outputSize), paddingToken)
    {
    }

    private EmbeddingLayer(Parameter weights, int? paddingToken)
        : base(inputSize: 1, weights.Shape[1], new ParameterSet(weights))
    {
        Weights = weights;
        PaddingToken = paddingToken;
    }

    /// <summary>The number of tokens, which are numbered from 0.</summary>
    public int VocabularySize => Weights.Shape[0];

    /// <summary>The token that stands for nothing: the layer gives zeros for it whatever its weights are, and they get no gradient; null
    /// where there is none.</summary>
    public int? PaddingToken { get; }

    /// <summary>A row for each token, shape [VocabularySize, OutputSize].</summary>
    public Parameter Weights { get; }

    /// <summary>Whether another layer uses the weights, too: <see cref="SequenceModelBuilder.TiedDense"/>.</summary>
    internal bool IsShared { get; set; }

    internal override long FloatsKept => Kernels.Panels.RowStride(OutputSize);

    internal override long WeightsOfRow => OutputSize;

    /// <inheritdoc/>
    public override string ToString()
    {
        string padding = PaddingToken is { } token ? FormattableString.Invariant($", padding {token}") : string.Empty;
        return $"Embedding({VocabularySize} => {OutputSize}{padding}, {Parameters.TotalCount} parameters)";
    }

    internal override void Initialize(RandomKey key, WeightInitialization initialization) =>
        Initializers.InitializeEmbedding(Weights, PaddingToken, new RandomStream(key), initialization);

    internal override LayerPass CreatePass(bool keep) => new EmbeddingPass(this, keep);
}
