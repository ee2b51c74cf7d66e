namespace LstmSharp;

/// <summary>One gate's block of a GRU cell's weights: a view, not a copy.</summary>
/// <remarks>The candidate's second bias, where there is one, is <see cref="GruCell.RecurrentBias"/>.</remarks>
public sealed class GruGateWeights : GateWeights
{
    internal GruGateWeights(GruCell cell, GruGate gate)
        : base(cell, (int)gate) => Gate = gate;

    /// <summary>Which gate's weights these are.</summary>
    public GruGate Gate { get; }
}
