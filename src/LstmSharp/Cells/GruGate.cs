namespace LstmSharp;

/// <summary>The two gates and the candidate of a GRU cell, in the order in which weights and activations are stored.</summary>
/// <remarks>This enum is the one place that states the storage order; it is PyTorch's (r, z, n). Keras and ONNX store z first. See
/// docs/glossary.md and docs/math/gru.md.</remarks>
public enum GruGate
{
    /// <summary>The reset gate r = σ(…): near 0 lets the candidate forget the hidden state.</summary>
    Reset = 0,

    /// <summary>The update gate z = σ(…): near 1 keeps the hidden state, near 0 puts the candidate in its place. It is not an LSTM's
    /// update u.</summary>
    Update = 1,

    /// <summary>The candidate n = tanh(…), PyTorch's new gate (Keras, ONNX: h).</summary>
    Candidate = 2,
}
