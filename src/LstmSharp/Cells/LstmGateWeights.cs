namespace LstmSharp;

/// <summary>One gate's block of an LSTM cell's weights: a view, not a copy.</summary>
public sealed class LstmGateWeights
{
    private readonly LstmCell _cell;

    internal LstmGateWeights(LstmCell cell, LstmGate gate)
    {
        _cell = cell;
        Gate = gate;
    }

    /// <summary>Which gate's weights these are.</summary>
    public LstmGate Gate { get; }

    /// <summary>The gate's input weights, shape [HiddenSize, InputSize], to read.</summary>
    public ReadOnlySpan<float> InputWeights => Block(_cell.InputWeights.Values);

    /// <summary>The gate's recurrent weights, shape [HiddenSize, HiddenSize], to read.</summary>
    public ReadOnlySpan<float> RecurrentWeights => Block(_cell.RecurrentWeights.Values);

    /// <summary>The gate's bias, shape [HiddenSize], to read.</summary>
    public ReadOnlySpan<float> Bias => Block(_cell.Bias.Values);

    /// <summary>The gate's input weights, to write: see <see cref="Parameter.Edit"/>.</summary>
    public Span<float> EditInputWeights() => Block(_cell.InputWeights.Edit());

    /// <summary>The gate's recurrent weights, to write: see <see cref="Parameter.Edit"/>.</summary>
    public Span<float> EditRecurrentWeights() => Block(_cell.RecurrentWeights.Edit());

    /// <summary>The gate's bias, to write: see <see cref="Parameter.Edit"/>.</summary>
    public Span<float> EditBias() => Block(_cell.Bias.Edit());

    private ReadOnlySpan<float> Block(ReadOnlySpan<float> all) =>
        all.Slice((int)Gate * (all.Length / LstmCell.Gates), all.Length / LstmCell.Gates);

    private Span<float> Block(Span<float> all) =>
        all.Slice((int)Gate * (all.Length / LstmCell.Gates), all.Length / LstmCell.Gates);
}
