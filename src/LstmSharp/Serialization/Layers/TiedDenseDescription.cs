using System.Text.Json;

namespace LstmSharp;

/// <summary>A dense layer in a file that shares the embedding's weights.</summary>
/// <param name="OutputSize">The number of outputs: that of the tokens.</param>
internal sealed record TiedDenseDescription(int OutputSize) : LayerDescription
{
    private const string SizeKey = "outputSize";

    public static LayerKind Entry { get; } = new(
        "TiedDense",
        layer => layer is DenseLayer { IsTied: true } tied ? new TiedDenseDescription(tied.OutputSize) : null,
        Read);

    public override LayerKind Kind => Entry;

    public override void Write(Utf8JsonWriter json) => json.WriteNumber(SizeKey, OutputSize);

    public override long OutputSizeFor(long inputSize) => OutputSize;

    public override ModelTensor[] Tensors(TensorNames names, long inputSize) =>
    [
        new(
            names.Place.Prefix + "weight",
            [OutputSize, inputSize],
            $"{LayerPlace.AtPath("0").Prefix}{nameof(EmbeddingLayer.Weights)}") { IsShared = true },
        names.Tensor("bias", nameof(DenseLayer.Bias), OutputSize),
    ];

    public override void AddTo(SequenceModelBuilder builder) => builder.TiedDense();

    private static TiedDenseDescription Read(LayerFields fields)
    {
        int outputSize = fields.Size(SizeKey);
        if (fields.Before is not [EmbeddingDescription embedding, ..])
        {
            throw fields.Fault("of a kind that needs no Embedding before it", "a TiedDense without one");
        }

        if (fields.Before.Any(other => other is TiedDenseDescription))
        {
            throw fields.Fault("of another kind", "the second TiedDense");
        }

        long width = fields.Before.Aggregate(1L, (size, other) => Math.Min(other.OutputSizeFor(size), int.MaxValue));
        return outputSize == embedding.VocabularySize && width == embedding.OutputSize
            ? new TiedDenseDescription(outputSize)
            : throw fields.Fault(
                $"of {embedding.OutputSize} inputs and outputSize {embedding.VocabularySize}, as the Embedding", $"of {width} and {outputSize}");
    }
}
