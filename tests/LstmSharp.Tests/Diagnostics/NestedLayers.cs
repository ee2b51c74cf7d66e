namespace LstmSharp.Tests.Diagnostics;

/// <summary>Layers as one, to see that diagnostics find those inside.</summary>
internal sealed class NestedLayers(params Layer[] layers)
    : Layer(layers[0].InputSize, layers[^1].OutputSize, new ParameterSet([.. layers.SelectMany(layer => layer.Parameters)]))
{
    internal override IReadOnlyList<RecurrentCell> Cells { get; } = [.. layers.SelectMany(layer => layer.Cells)];

    internal override long FloatsOfSums => layers.Max(layer => layer.FloatsOfSums);

    internal override long FloatsKept => layers.Sum(layer => layer.FloatsKept);

    internal override LayerPass CreatePass(bool keep) => new LayerStack(layers, keep);
}
