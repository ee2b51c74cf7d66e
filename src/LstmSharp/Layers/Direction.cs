namespace LstmSharp;

/// <summary>One direction of a <see cref="BidirectionalPass"/>: its layers, and what they read and give in the run at hand. Two of them may
/// run on two threads.</summary>
/// <param name="layers">The layers.</param>
/// <param name="keep">Whether the way back will follow.</param>
internal sealed class Direction(IReadOnlyList<Layer> layers, bool keep)
{
    private readonly LayerStack _stack = new(layers, keep);
    private readonly CellState[] _initial = new CellState[layers.Sum(layer => layer.Cells.Count)];
    private readonly CellState[] _finalGradient = new CellState[layers.Sum(layer => layer.Cells.Count)];
    private readonly CellState[] _initialGradient = new CellState[layers.Sum(layer => layer.Cells.Count)];
    private readonly Parameter[] _parameters = new Parameter[layers.Sum(layer => layer.Parameters.Count)];
    private bool _hasInitial;
    private bool _hasFinalGradient;

    /// <summary>What enters.</summary>
    public SequenceRows Input;

    /// <summary>What leaves.</summary>
    public SequenceRows Output;

    /// <summary>The gradient of what leaves, and after <see cref="Backward"/> that of what entered.</summary>
    public SequenceRows Gradient;

    /// <summary>The passes of its recurrent layers, those inside others depth first.</summary>
    public IEnumerable<RecurrentPass> RecurrentPasses => _stack.RecurrentPasses;

    /// <summary>The number of states.</summary>
    public int States => _initial.Length;

    /// <summary>The number of parameters.</summary>
    public int Parameters => _parameters.Length;

    /// <summary>Takes the states to start from; none means zeros.</summary>
    public void Start(ReadOnlySpan<CellState> initial)
    {
        _hasInitial = !initial.IsEmpty;
        initial.CopyTo(_initial);
    }

    public void Forward(in RunContext run) => Output = _stack.Forward(run, Input, _hasInitial ? _initial : default);

    public void CopyFinalState(ReadOnlySpan<CellState> final) => _stack.CopyFinalState(final);

    /// <summary>Takes the places where gradients come from and go to, but for the rows.</summary>
    public void StartBackward(ReadOnlySpan<CellState> final, ReadOnlySpan<CellState> initial, ReadOnlySpan<Parameter> parameters)
    {
        _hasFinalGradient = !final.IsEmpty;
        final.CopyTo(_finalGradient);
        initial.CopyTo(_initialGradient);
        parameters.CopyTo(_parameters);
    }

    public void Backward(in RunContext run, bool wantsInput) => Gradient = _stack.Backward(run, Input, new LayerGradients
    {
        Output = Gradient,
        FinalState = _hasFinalGradient ? _finalGradient : default,
        InitialState = _initialGradient,
        Parameters = _parameters,
        WantsInput = wantsInput,
    });
}
