namespace LstmSharp;

/// <summary>Several layers as one: each takes what the one before gives. States and parameters lie one layer after the other.</summary>
internal sealed class LayerStack : LayerPass
{
    private readonly LayerSlot[] _slots;
    private readonly SequenceRows[] _inputs;

    /// <param name="layers">The layers, one or more.</param>
    /// <param name="keep">Whether the way back will follow, for which activations are kept.</param>
    public LayerStack(IReadOnlyList<Layer> layers, bool keep)
    {
        _slots = new LayerSlot[layers.Count];
        _inputs = new SequenceRows[layers.Count];
        int states = 0, parameters = 0;
        List<Parameter> all = [.. layers.SelectMany(layer => layer.Parameters)];
        for (int n = 0; n < _slots.Length; n++)
        {
            (int endOfStates, int endOfParameters) = (states + layers[n].Cells.Count, parameters + layers[n].Parameters.Count);
            _slots[n] = new LayerSlot(
                layers[n].CreatePass(keep),
                states..endOfStates,
                parameters..endOfParameters,
                layers[n].BorrowedParameter is { } borrowed ? all.IndexOf(borrowed) : -1,
                FollowsLearner: states + parameters > 0);
            (states, parameters) = (endOfStates, endOfParameters);
        }
    }

    /// <summary>The number of layers.</summary>
    public int Count => _slots.Length;

    public override IEnumerable<RecurrentPass> RecurrentPasses => _slots.SelectMany(slot => slot.Pass.RecurrentPasses);

    public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial) =>
        Forward(run, input, 0, Count, initial);

    /// <summary>Runs the layers from one to before another.</summary>
    public SequenceRows Forward(in RunContext run, SequenceRows rows, int first, int end, ReadOnlySpan<CellState> initial)
    {
        for (int n = first; n < end; n++)
        {
            _inputs[n] = rows;
            rows = _slots[n].Pass.Forward(run, rows, Slice(initial, _slots[n].States));
        }

        return rows;
    }

    public override void CopyFinalState(ReadOnlySpan<CellState> final) => CopyFinalState(0, Count, final);

    /// <summary>Copies the final states of the layers from one to before another, to their places among those of all.</summary>
    public void CopyFinalState(int first, int end, ReadOnlySpan<CellState> final)
    {
        for (int n = first; n < end; n++)
        {
            _slots[n].Pass.CopyFinalState(Slice(final, _slots[n].States));
        }
    }

    public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients) =>
        Backward(run, 0, Count, gradients);

    /// <summary>Runs the layers from one to before another backward, the last one first, after a forward run of them; it ends where nobody
    /// needs the gradient any more, as layers without weights before the first that has some.</summary>
    public SequenceRows Backward(in RunContext run, int first, int end, in LayerGradients gradients)
    {
        SequenceRows gradient = gradients.Output;
        bool isNeeded = true;
        for (int n = end - 1; n >= first && isNeeded; n--)
        {
            isNeeded = gradients.WantsInput || _slots[n].FollowsLearner;
            gradient = _slots[n].Pass.Backward(run, _inputs[n], new LayerGradients
            {
                Output = gradient,
                FinalState = Slice(gradients.FinalState, _slots[n].States),
                InitialState = Slice(gradients.InitialState, _slots[n].States),
                Parameters = gradients.Parameters[_slots[n].Parameters],
                Borrowed = _slots[n].Borrowed < 0 ? null : gradients.Parameters[_slots[n].Borrowed],
                WantsInput = isNeeded,
            });
        }

        return gradient;
    }

    private static ReadOnlySpan<CellState> Slice(ReadOnlySpan<CellState> states, Range range) => states.IsEmpty ? states : states[range];
}
