namespace LstmSharp;

/// <summary>One gate's block of an LSTM cell's weights: a view, not a copy.</summary>
public sealed class LstmGateWeights : GateWeights
{
    internal LstmGateWeights(LstmCell cell, LstmGate gate)
        : base(cell, (int)gate) => Gate = gate;

    /// <summary>Which gate's weights these are.</summary>
    public LstmGate Gate { get; }
}
