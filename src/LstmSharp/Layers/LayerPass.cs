using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>One sequence on its way through one layer and back: the memory that this takes.</summary>
/// <remarks>Rows handed out stay valid until the next call of the same method.</remarks>
internal abstract class LayerPass
{
    /// <summary>Runs the layer.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="input">The rows that enter.</param>
    /// <param name="initial">The state to start from; null means zeros, or a layer without state.</param>
    /// <param name="final">Receives the state at the end where it is wanted; may be <paramref name="initial"/>.</param>
    /// <param name="keep">Whether <see cref="Backward"/> may follow.</param>
    /// <returns>The rows that leave.</returns>
    public abstract SequenceRows Forward(SimdWidth width, in SequenceRows input, CellState? initial, CellState? final, bool keep);

    /// <summary>Runs the layer backward, after a <see cref="Forward"/> that kept what this needs.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="input">The rows that had entered.</param>
    /// <param name="outputGradient">The gradient of the rows that had left; overwritten.</param>
    /// <param name="finalGradient">The gradient of the state at the end; null means zeros.</param>
    /// <param name="initialGradient">Receives the gradient of the state at the start where it is wanted.</param>
    /// <param name="gradients">The gradients of the layer's parameters, added to.</param>
    /// <param name="wantInputGradient">Whether the gradient of the input is computed.</param>
    /// <returns>The gradient of the input, or nothing where it is not wanted.</returns>
    public abstract SequenceRows Backward(
        SimdWidth width,
        in SequenceRows input,
        in SequenceRows outputGradient,
        CellState? finalGradient,
        CellState? initialGradient,
        ReadOnlySpan<Parameter> gradients,
        bool wantInputGradient);
}
