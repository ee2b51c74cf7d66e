using LstmSharp.Kernels;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>The same layers twice, with weights of their own: once over each sequence as it is and once over it from its own last step to
/// its first. What leaves at a step is what both say of that step.</summary>
/// <remarks><para>y_t = merge(forward(x)_t, backward(x reversed)_(L−1−t)) for a row of length L; where the layers end with a TakeLast, each
/// direction gives its own last step: what it made of the whole sequence. docs/math/bidirectional.md.</para>
/// <para>Source: Schuster and Paliwal, "Bidirectional recurrent neural networks", 1997.</para></remarks>
public sealed class BidirectionalLayer : Layer
{
    internal BidirectionalLayer(Layer[] forward, Layer[] backward, BidirectionalMerge merge)
        : base(
            forward[0].InputSize,
            forward[^1].OutputSize * (merge == BidirectionalMerge.Concat ? 2 : 1),
            new ParameterSet([.. forward.Concat(backward).SelectMany(layer => layer.Parameters)]))
    {
        ForwardLayers = Array.AsReadOnly(forward);
        BackwardLayers = Array.AsReadOnly(backward);
        Inner = [.. forward, .. backward];
        Merge = merge;
        Cells = [.. Inner.SelectMany(layer => layer.Cells)];
    }

    /// <summary>The layers that read from the first step to the last.</summary>
    public IReadOnlyList<Layer> ForwardLayers { get; }

    /// <summary>The layers that read from the last step to the first.</summary>
    public IReadOnlyList<Layer> BackwardLayers { get; }

    /// <summary>What becomes of the outputs of both.</summary>
    public BidirectionalMerge Merge { get; }

    /// <inheritdoc/>
    public override int OutputLength(int sequenceLength)
    {
        for (int n = 0; n < ForwardLayers.Count; n++)
        {
            sequenceLength = ForwardLayers[n].OutputLength(sequenceLength);
        }

        return sequenceLength;
    }

    /// <inheritdoc/>
    public override string ToString() => $"Bidirectional({Merge}: {string.Join(" => ", ForwardLayers)})";

    internal override IReadOnlyList<Layer> Inner { get; }

    internal override string Title => $"Bidirectional({InputSize} => {OutputSize}, {Merge})";

    internal override bool IsStepwise => ForwardLayers.All(layer => layer.IsStepwise);

    internal override bool LooksAhead => true;

    internal override bool TakesOneLength => ForwardLayers.Any(layer => layer.TakesOneLength);

    /// <summary>Those of the forward direction first.</summary>
    internal override IReadOnlyList<RecurrentCell> Cells { get; }

    internal override long FloatsOfSums => Inner.Max(layer => layer.FloatsOfSums);

    internal override int WidestRow => Math.Max(OutputSize, Inner.Max(layer => layer.WidestRow));

    internal override long WeightsOfRow => Inner.Sum(layer => layer.WeightsOfRow);

    /// <summary>Beside what the layers keep: the reversed input, the output, both directions' gradients of it, and that of the input.</summary>
    internal override long FloatsKept => Inner.Sum(layer => layer.FloatsKept) + (2L * Panels.RowStride(InputSize))
        + Panels.RowStride(OutputSize) + (2L * Panels.RowStride(ForwardLayers[^1].OutputSize));

    internal override void CheckLength(int sequenceLength)
    {
        for (int n = 0; n < ForwardLayers.Count; n++)
        {
            ForwardLayers[n].CheckLength(sequenceLength);
            sequenceLength = ForwardLayers[n].OutputLength(sequenceLength);
        }
    }

    internal override void Initialize(RandomKey key, WeightInitialization initialization)
    {
        for (int n = 0; n < Inner.Count; n++)
        {
            Inner[n].Initialize(key.In((uint)n), initialization);
        }
    }

    internal override LayerPass CreatePass(bool keep) => new BidirectionalPass(this, keep);
}
