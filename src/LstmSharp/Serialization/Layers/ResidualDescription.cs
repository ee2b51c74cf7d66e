using System.Text.Json;

namespace LstmSharp;

/// <summary>Layers in a file with a way round them.</summary>
/// <param name="Layers">The layers.</param>
internal sealed record ResidualDescription(IReadOnlyList<LayerDescription> Layers) : LayerDescription
{
    private const string LayersKey = "layers";

    public static LayerKind Entry { get; } = new(
        "Residual",
        layer => layer is ResidualLayer residual ? new ResidualDescription([.. residual.Layers.Select(LayerKind.DescriptionOf)]) : null,
        Read);

    public override LayerKind Kind => Entry;

    public override long Count => 1 + Layers.Sum(layer => layer.Count);

    public override void Write(Utf8JsonWriter json) => LayerFields.Write(json, LayersKey, Layers);

    public override long Place(LayerPlaces places, string path, long inputSize)
    {
        long outputSize = places.AddAll(Layers, path, inputSize);
        return outputSize == inputSize
            ? outputSize
            : throw places.Fault($"the number of outputs of the layers inside layer {path}", $"that of its inputs, {inputSize}", $"{outputSize}");
    }

    public override void AddTo(SequenceModelBuilder builder) => builder.Residual(inner =>
    {
        foreach (LayerDescription layer in Layers)
        {
            layer.AddTo(inner);
        }
    });

    private static ResidualDescription Read(LayerFields fields)
    {
        List<LayerDescription> layers = fields.Layers(LayersKey);
        if (layers.Count == 0)
        {
            throw fields.Fault(LayersKey, "at least one", "none");
        }

        return layers.Find(layer => !layer.IsStepwise) is { } gathering
            ? throw fields.Fault(LayersKey, "of kinds that let every step through", $"one of kind {gathering.Kind.Name}")
            : new ResidualDescription(layers);
    }
}
