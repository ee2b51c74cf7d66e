namespace LstmSharp;

/// <summary>A layer normalization in a file.</summary>
internal sealed record LayerNormDescription : LayerDescription
{
    public static LayerKind Entry { get; } =
        new("LayerNorm", layer => layer is LayerNormLayer ? new LayerNormDescription() : null, _ => new LayerNormDescription());

    public override LayerKind Kind => Entry;

    public override ModelTensor[] Tensors(TensorNames names, long inputSize) =>
    [
        names.Tensor("weight", nameof(LayerNormLayer.Gain), inputSize),
        names.Tensor("bias", nameof(LayerNormLayer.Bias), inputSize),
    ];

    public override void AddTo(SequenceModelBuilder builder) => builder.LayerNorm();
}
