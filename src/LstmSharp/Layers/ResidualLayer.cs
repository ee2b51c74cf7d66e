using LstmSharp.Kernels;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>Layers with a way round them: what leaves is added to what entered, y = x + layers(x), step by step.</summary>
/// <remarks><para>dx = dy + the gradient that comes back through the layers: however little of that is left, dy itself goes on.
/// docs/math/lstm.md, (10).</para>
/// <para>Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016.</para></remarks>
public sealed class ResidualLayer : Layer
{
    internal ResidualLayer(Layer[] layers)
        : base(layers[0].InputSize, layers[^1].OutputSize, new ParameterSet([.. layers.SelectMany(layer => layer.Parameters)]))
    {
        Layers = Array.AsReadOnly(layers);
        Cells = [.. layers.SelectMany(layer => layer.Cells)];
    }

    /// <summary>The layers inside, in the order in which data passes them.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Residual({string.Join(" => ", Layers)})";

    internal override IReadOnlyList<Layer> Inner => Layers;

    internal override bool LooksAhead => Layers.Any(layer => layer.LooksAhead);

    internal override string Title => $"Residual({InputSize})";

    internal override IReadOnlyList<RecurrentCell> Cells { get; }

    internal override long FloatsOfSums => Layers.Max(layer => layer.FloatsOfSums);

    internal override int WidestRow => Layers.Max(layer => layer.WidestRow);

    internal override long WeightsOfRow => Layers.Sum(layer => layer.WeightsOfRow);

    /// <summary>Beside what the layers keep, the output and the gradient that goes round them.</summary>
    internal override long FloatsKept => Layers.Sum(layer => layer.FloatsKept) + (2L * Panels.RowStride(InputSize));

    internal override void Initialize(RandomKey key, WeightInitialization initialization)
    {
        for (int n = 0; n < Layers.Count; n++)
        {
            Layers[n].Initialize(key.In((uint)n), initialization);
        }
    }

    internal override LayerPass CreatePass(bool keep) => new ResidualPass(Layers, keep);

    internal override bool StepsDirectly => Layers.All(layer => layer.StepsDirectly);

    internal override LayerStep CreateStep(SimdWidth width) =>
        new ResidualStep(InputSize, [.. Layers.Select(layer => layer.CreateStep(width)).OfType<LayerStep>()]);
}
