namespace LstmSharp;

/// <summary>How the gradient flows back through one recurrent layer: part of a <see cref="GradientFlow"/>.</summary>
/// <remarks>Every list has an entry for each step that the layer saw, by its lag: entry 0 is of each row's own last step, entry n of the step n
/// before it. A norm is the root of the sum of squares over all rows that have such a step, and all units; a share is that of all these
/// rows and units.</remarks>
public sealed class LayerGradientFlow
{
    private readonly IReadOnlyList<double>? _cellNorms;
    private readonly IReadOnlyList<double>[] _saturatedShares;

    private LayerGradientFlow(RecurrentLayer layer, double[] hiddenNorms, double[]? cellNorms, double[][] saturatedShares)
    {
        Layer = layer;
        GateNames = LayerNames.OfGates(layer);
        HiddenNorms = Array.AsReadOnly(hiddenNorms);
        _cellNorms = cellNorms is null ? null : Array.AsReadOnly(cellNorms);
        _saturatedShares = Array.ConvertAll(saturatedShares, Array.AsReadOnly);
        SaturatedShares = Array.AsReadOnly(
            Enumerable.Range(0, hiddenNorms.Length).Select(lag => saturatedShares.Average(shares => shares[lag])).ToArray());
    }

    /// <summary>The place in the model's <see cref="SequenceModel.Layers"/> of the layer, or of the outermost one around it.</summary>
    public int LayerIndex => Layer.Path[0];

    /// <summary>The layer's place, with which its parameters' names begin, such as <c>1</c>, or <c>2.0</c> for the first layer inside layer
    /// 2.</summary>
    public string Path => Layer.PathText;

    /// <summary>The layer.</summary>
    public RecurrentLayer Layer { get; }

    /// <summary>The number of time steps that the layer saw.</summary>
    public int SequenceLength => HiddenNorms.Count;

    /// <summary>Whether the layer has gates, as an LSTM and a GRU do; a vanilla RNN has none.</summary>
    public bool HasGates => GateNames.Count > 0;

    /// <summary>Whether the layer has a memory cell, as an LSTM does; a vanilla RNN has the hidden state alone.</summary>
    public bool HasCell => _cellNorms is not null;

    /// <summary>The names of the layer's gates, in the order in which weights are stored; of an LSTM, those of <see cref="LstmGate"/>.</summary>
    public IReadOnlyList<string> GateNames { get; }

    /// <summary>‖∂L/∂h‖ by lag, h being the hidden state after a step: what comes down from that step's output and what comes back from
    /// the later steps; dh of docs/math/lstm.md, section 5, dh_t of docs/math/rnn.md, ∂(3).</summary>
    public IReadOnlyList<double> HiddenNorms { get; }

    /// <summary>‖∂L/∂c‖ by lag, c being the memory cell after a step, at the same h: what comes back from the later steps; dc of
    /// docs/math/lstm.md, section 5. At lag 0 there is none, and the norm is 0.</summary>
    /// <exception cref="InvalidOperationException">The layer has no memory cell.</exception>
    public IReadOnlyList<double> CellNorms => _cellNorms
        ?? throw new InvalidOperationException($"LayerGradientFlow: {Name}, has no memory cell; look at HiddenNorms, or ask HasCell first.");

    /// <summary>By lag, the share of saturated gates among all gates, from 0 to 1; of a vanilla RNN, the share of units whose activation
    /// is saturated. A Relu is where it gives 0, an Identity never.</summary>
    public IReadOnlyList<double> SaturatedShares { get; }

    /// <summary>By lag, the share of units whose gate of one kind, of an LSTM, is saturated, from 0 to 1.</summary>
    /// <remarks>It does no harm in a forget gate near 1: the memory cell is kept, and its gradient with it.</remarks>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    /// <exception cref="InvalidOperationException">The layer has no gates of an LSTM.</exception>
    public IReadOnlyList<double> SaturatedSharesOf(LstmGate gate)
    {
        LstmCell.ThrowIfNoGate(gate);
        return Layer.Cell is LstmCell
            ? _saturatedShares[(int)gate]
            : throw new InvalidOperationException(
                $"LayerGradientFlow: {Name}, has no gates of an LSTM; look at SaturatedShares, or at the gates of GateNames.");
    }

    /// <summary>By lag, the share of units whose gate of one kind is saturated, from 0 to 1, in a GRU.</summary>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    /// <exception cref="InvalidOperationException">The layer has no gates of a GRU.</exception>
    public IReadOnlyList<double> SaturatedSharesOf(GruGate gate)
    {
        GruCell.ThrowIfNoGate(gate);
        return Layer.Cell is GruCell
            ? _saturatedShares[(int)gate]
            : throw new InvalidOperationException(
                $"LayerGradientFlow: {Name}, has no gates of a GRU; look at SaturatedShares, or at the gates of GateNames.");
    }

    /// <summary>By lag, the share of units whose gate of one kind, of any kind of layer, is saturated, from 0 to 1.</summary>
    /// <param name="gate">One of <see cref="GateNames"/>, case-sensitive, such as <c>"Forget"</c>.</param>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="KeyNotFoundException">The layer has no gate of that name.</exception>
    public IReadOnlyList<double> SaturatedSharesOf(string gate) =>
        _saturatedShares[LayerNames.IndexOf(GateNames, gate, $"LayerGradientFlow: {Name}, has no gate")];

    /// <inheritdoc/>
    public override string ToString() => $"{Name}, {SequenceLength} steps";

    private string Name => $"layer {Path}, {Layer}";

    /// <summary>Reads a pass after a run forward and one backward.</summary>
    internal static LayerGradientFlow Of(RecurrentPass pass, GradientNorms norms, float saturation)
    {
        const int hidden = 0, memory = 1;
        double[]? cellNorms = pass.Layer.Cell.StateParts.Length > memory ? norms.ByLag(memory) : null;
        return new LayerGradientFlow(pass.Layer, norms.ByLag(hidden), cellNorms, GateSaturation.SharesByLag(pass, saturation));
    }
}
