namespace LstmSharp;

/// <summary>Opens streams on models.</summary>
public static class SequenceModelStreaming
{
    /// <summary>Opens a stream: sequences that go through the model step by step, their states kept between the calls.</summary>
    /// <remarks>Any number of streams may share a model, on any number of threads.</remarks>
    /// <param name="model">The model, which stays as it is.</param>
    /// <param name="batchSize">The number of sequences B that step side by side, 1 or more.</param>
    /// <param name="initialState">The states to start from, copied; null means zeros.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1.</exception>
    /// <exception cref="ArgumentException">The states are not of this model and batch size, or a step's values would not fit into one
    /// array.</exception>
    /// <exception cref="InvalidOperationException">The model cannot run step by step: a Flatten takes several steps at once, a MeanOverTime or
    /// MaxOverTime all of them, or a
    /// recurrent layer behind a TakeLast sees the last step of a sequence alone.</exception>
    public static SequenceStream OpenStream(this SequenceModel model, int batchSize = 1, ModelState? initialState = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ThrowUnlessStepwise(model);
        model.OutputCount(outputLength: 1, batchSize);
        model.CheckState(initialState, batchSize, nameof(initialState));
        var state = new StreamState(model, batchSize);
        if (initialState is not null)
        {
            state.Read(0, initialState, 0, batchSize);
        }

        return new SequenceStream(model, state);
    }

    /// <summary>Makes sure that step by step comes to the same as the whole sequence.</summary>
    private static void ThrowUnlessStepwise(SequenceModel model)
    {
        TakeLastLayer? lastStepAlone = null;
        foreach (Layer layer in model.Layers)
        {
            if (layer is FlattenLayer { SequenceLength: > 1 } window)
            {
                throw new InvalidOperationException(
                    $"OpenStream: {window} takes {window.SequenceLength} steps at once, so the model cannot run step by step; "
                    + "call Predict with whole windows, or use a recurrent layer in its place.");
            }

            if (layer.LooksAhead)
            {
                throw new InvalidOperationException(
                    $"OpenStream: {layer} looks ahead, as it reads sequences from their ends, so the model cannot run step by step; call "
                    + "Predict with whole sequences, or use layers that read forward alone.");
            }

            if (layer is MeanOverTimeLayer or MaxOverTimeLayer)
            {
                throw new InvalidOperationException(
                    $"OpenStream: {layer} needs all steps of a sequence, so the model cannot run step by step; call Predict with whole "
                    + "sequences, or use TakeLast in its place.");
            }

            if (layer.Cells.Count > 0 && lastStepAlone is not null)
            {
                throw new InvalidOperationException(
                    $"OpenStream: {layer} comes after {lastStepAlone} and so sees the last step of a sequence alone, which is not known "
                    + "while the sequence goes on; put TakeLast behind the last recurrent layer, or call Predict with whole sequences.");
            }

            lastStepAlone ??= layer as TakeLastLayer;
        }
    }
}
