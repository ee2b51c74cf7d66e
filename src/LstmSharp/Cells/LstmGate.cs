namespace LstmSharp;

/// <summary>The four gates of an LSTM cell, in the order in which weights and activations are stored.</summary>
/// <remarks>This enum is the one place that states the storage order; it is PyTorch's (i, f, g, o).
/// See docs/glossary.md and docs/decisions/0001-gate-order.md.</remarks>
public enum LstmGate
{
    /// <summary>The input gate i = σ(…): how much of the candidate enters the memory cell.</summary>
    Input = 0,

    /// <summary>The forget gate f = σ(…): near 1 keeps the memory cell, near 0 erases it.</summary>
    Forget = 1,

    /// <summary>The update u = tanh(…), the candidate C̃ that the input gate lets into the memory cell
    /// (PyTorch: g, "cell gate"). It is not a GRU's update gate z.</summary>
    Update = 2,

    /// <summary>The output gate o = σ(…): how much of tanh(c) leaves as the hidden state.</summary>
    Output = 3,
}
