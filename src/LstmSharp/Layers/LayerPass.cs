using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>One sequence on its way through one layer and back: the memory that this takes.</summary>
/// <remarks>Rows handed out stay valid until the next call of the same method.</remarks>
internal abstract class LayerPass
{
    /// <summary>The passes of the layer's cells, as many as <see cref="Layer.Cells"/> and in their order.</summary>
    public virtual IEnumerable<RecurrentPass> RecurrentPasses => [];

    /// <summary>Runs the layer.</summary>
    /// <param name="run">What the layers of this run share.</param>
    /// <param name="input">The rows that enter.</param>
    /// <param name="initial">The states of the layer's cells to start from; none means zeros.</param>
    /// <returns>The rows that leave.</returns>
    public abstract SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial);

    /// <summary>Copies the states at the end of the last <see cref="Forward"/>; a layer without cells has nothing to copy.</summary>
    /// <param name="final">Receives the states of the layer's cells.</param>
    public virtual void CopyFinalState(ReadOnlySpan<CellState> final)
    {
    }

    /// <summary>Runs the layer backward, after <see cref="Forward"/>, in a pass that was made to keep what this needs.</summary>
    /// <param name="run">What the layers of this run share.</param>
    /// <param name="input">The rows that had entered, each of <see cref="Panels.RowStride"/> floats.</param>
    /// <param name="gradients">Where gradients come from and go to.</param>
    /// <returns>The gradient of the input, or nothing where it is not wanted.</returns>
    public abstract SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients);
}

/// <summary>The gradients that enter a layer on the way back, and where those that leave it go.</summary>
internal readonly ref struct LayerGradients
{
    /// <summary>The gradient of the rows that had left the layer, each of <see cref="Panels.RowStride"/> floats; overwritten.</summary>
    public required SequenceRows Output { get; init; }

    /// <summary>The gradients of the cells' states at the end; none means zeros.</summary>
    public required ReadOnlySpan<CellState> FinalState { get; init; }

    /// <summary>Receives the gradients of the cells' states at the start.</summary>
    public required ReadOnlySpan<CellState> InitialState { get; init; }

    /// <summary>The gradients of the layer's parameters, added to.</summary>
    public required ReadOnlySpan<Parameter> Parameters { get; init; }

    /// <summary>The gradient of the layer's <see cref="Layer.BorrowedParameter"/>, added to; null where it has none.</summary>
    public Parameter? Borrowed { get; init; }

    /// <summary>Whether the gradient of the input is wanted.</summary>
    public required bool WantsInput { get; init; }
}
