using System.Text.Json;

namespace LstmSharp;

/// <summary>Layers in a file that read in both directions. The file has them once, their weights twice.</summary>
/// <param name="Layers">The layers of each direction.</param>
/// <param name="Merge">What becomes of both outputs.</param>
internal sealed record BidirectionalDescription(IReadOnlyList<LayerDescription> Layers, BidirectionalMerge Merge) : LayerDescription
{
    private const string LayersKey = "layers";
    private const string MergeKey = "merge";

    private static readonly TensorNames s_anywhere = new(LayerPlace.AtPath("0"), "0");

    public static LayerKind Entry { get; } = new(
        "Bidirectional",
        layer => layer is BidirectionalLayer both
            ? new BidirectionalDescription([.. both.ForwardLayers.Select(LayerKind.DescriptionOf)], both.Merge)
            : null,
        Read);

    public override LayerKind Kind => Entry;

    public override long Count => 1 + (2 * Layers.Sum(layer => layer.Count));

    public override bool IsStepwise => Layers.All(layer => layer.IsStepwise);

    /// <summary>The one layer with weights, for which PyTorch has a module of two directions; null where there are several, or layers that
    /// are made of others.</summary>
    private RecurrentDescription? Recurrent => Layers[0] is RecurrentDescription first && Layers.Skip(1).All(IsWithoutWeights) ? first : null;

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteString(MergeKey, Merge.ToString());
        LayerFields.Write(json, LayersKey, Layers);
    }

    /// <summary>PyTorch's second layer takes every step of both directions, one behind the other.</summary>
    public override bool CanStackOn(LayerDescription other) =>
        other is BidirectionalDescription { Merge: BidirectionalMerge.Concat, Layers: [RecurrentDescription below] }
        && Merge == BidirectionalMerge.Concat && Recurrent is { } own && own.CanStackOn(below);

    public override long Place(LayerPlaces places, string path, long inputSize)
    {
        if (Recurrent is not null)
        {
            return base.Place(places, path, inputSize);
        }

        long outputSize = places.AddAll(Layers, path, inputSize);
        places.AddAll(Layers, path, inputSize, firstPlace: Layers.Count);
        return OutputSizeOf(outputSize);
    }

    public override long OutputSizeFor(long inputSize) =>
        OutputSizeOf(Layers.Aggregate(inputSize, (size, layer) => layer.OutputSizeFor(size)));

    public override ModelTensor[] Tensors(TensorNames names, long inputSize) =>
    [
        .. Recurrent!.Tensors(names with { Path = $"{names.Path}.0" }, inputSize),
        .. Recurrent!.Tensors(names with { Path = $"{names.Path}.{Layers.Count}", Suffix = "_reverse" }, inputSize),
    ];

    public override void AddTo(SequenceModelBuilder builder) => builder.Bidirectional(
        direction =>
        {
            foreach (LayerDescription layer in Layers)
            {
                layer.AddTo(direction);
            }
        },
        Merge);

    private static BidirectionalDescription Read(LayerFields fields)
    {
        BidirectionalMerge merge = fields.Enum<BidirectionalMerge>(MergeKey);
        List<LayerDescription> layers = fields.Layers(LayersKey);
        return layers.Exists(IsRecurrent)
            ? new BidirectionalDescription(layers, merge)
            : throw fields.Fault(LayersKey, "with a recurrent one among them", "none");
    }

    private static bool IsWithoutWeights(LayerDescription layer) =>
        layer is not (ResidualDescription or BidirectionalDescription) && layer.Tensors(s_anywhere, inputSize: 1).Length == 0;

    private static bool IsRecurrent(LayerDescription layer) => layer switch
    {
        RecurrentDescription => true,
        ResidualDescription residual => residual.Layers.Any(IsRecurrent),
        BidirectionalDescription => true,
        _ => false,
    };

    private long OutputSizeOf(long ofDirection) => ofDirection * (Merge == BidirectionalMerge.Concat ? 2 : 1);
}

/// <summary>A reversal of time in a file.</summary>
internal sealed record ReverseDescription : LayerDescription
{
    public static LayerKind Entry { get; } =
        new("Reverse", layer => layer is ReverseLayer ? new ReverseDescription() : null, _ => new ReverseDescription());

    public override LayerKind Kind => Entry;

    public override void AddTo(SequenceModelBuilder builder) => builder.Reverse();
}
