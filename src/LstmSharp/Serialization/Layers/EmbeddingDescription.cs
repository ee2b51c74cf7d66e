using System.Text.Json;

namespace LstmSharp;

/// <summary>An embedding in a file.</summary>
/// <param name="OutputSize">The number of values in a token's vector.</param>
/// <param name="VocabularySize">The number of tokens.</param>
/// <param name="PaddingToken">The token that stands for nothing, if there is one: an optional key.</param>
internal sealed record EmbeddingDescription(int OutputSize, int VocabularySize, int? PaddingToken) : LayerDescription
{
    private const string SizeKey = "outputSize";
    private const string VocabularyKey = "vocabularySize";
    private const string PaddingKey = "paddingToken";

    public static LayerKind Entry { get; } = new("Embedding", Of, Read);

    public override LayerKind Kind => Entry;

    public override bool TakesTokens => true;

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteNumber(SizeKey, OutputSize);
        json.WriteNumber(VocabularyKey, VocabularySize);
        if (PaddingToken is { } token)
        {
            json.WriteNumber(PaddingKey, token);
        }
    }

    public override long OutputSizeFor(long inputSize) => OutputSize;

    public override ModelTensor[] Tensors(TensorNames names, long inputSize) =>
        [names.Tensor("weight", nameof(EmbeddingLayer.Weights), VocabularySize, OutputSize)];

    public override void AddTo(SequenceModelBuilder builder) => builder.Embedding(VocabularySize, OutputSize, PaddingToken);

    private static EmbeddingDescription? Of(Layer layer) => layer is EmbeddingLayer embedding
        ? new EmbeddingDescription(embedding.OutputSize, embedding.VocabularySize, embedding.PaddingToken)
        : null;

    private static EmbeddingDescription Read(LayerFields fields)
    {
        int outputSize = fields.Size(SizeKey), vocabularySize = fields.Size(VocabularyKey);
        int? paddingToken = fields.NumberIfAny(PaddingKey);
        return paddingToken >= vocabularySize
            ? throw fields.Fault(PaddingKey, $"below {VocabularyKey} {vocabularySize}", $"{paddingToken}")
            : new EmbeddingDescription(outputSize, vocabularySize, paddingToken);
    }
}
