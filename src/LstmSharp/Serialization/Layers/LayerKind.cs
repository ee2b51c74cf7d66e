namespace LstmSharp;

/// <summary>A kind of layers in model files.</summary>
/// <param name="Name">What files call it: part of the format.</param>
/// <param name="Describe">Describes a layer of this kind; null for one of another.</param>
/// <param name="Read">Reads what <see cref="LayerDescription.Write"/> wrote. A key that it does not ask for is a fault.</param>
internal sealed record LayerKind(string Name, Func<Layer, LayerDescription?> Describe, Func<LayerFields, LayerDescription> Read)
{
    /// <summary>All kinds; messages list them in this order.</summary>
    public static IReadOnlyList<LayerKind> All { get; } =
    [
        VanillaRnnDescription.Entry,
        LstmDescription.Entry,
        GruDescription.Entry,
        DenseDescription.Entry,
        TakeLastDescription.Entry,
        FlattenDescription.Entry,
        DropoutDescription.Entry,
        LayerNormDescription.Entry,
        MeanOverTimeDescription.Entry,
        MaxOverTimeDescription.Entry,
        EmbeddingDescription.Entry,
        TiedDenseDescription.Entry,
        ResidualDescription.Entry,
        BidirectionalDescription.Entry,
        ReverseDescription.Entry,
    ];

    /// <summary>Describes a layer of a model.</summary>
    /// <exception cref="NotSupportedException">The format has no name for the layer.</exception>
    public static LayerDescription DescriptionOf(Layer layer) =>
        All.Select(kind => kind.Describe(layer)).FirstOrDefault(description => description is not null)
        ?? throw new NotSupportedException($"ModelFile: the model file format has no name for the layer {layer}.");
}
