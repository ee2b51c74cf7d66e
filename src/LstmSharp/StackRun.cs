using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>One batch on its way through all layers of a model: from users' memory to users' memory.</summary>
/// <param name="model">The model, whom the caller keeps reachable.</param>
/// <param name="keep">Whether a way back will follow, for which the layers keep their activations.</param>
internal abstract unsafe class StackRun(SequenceModel model, bool keep)
{
    private readonly RowSorter _sorter = new();
    private readonly double _operationsOfRow = 2.0 * model.Layers.Sum(layer => layer.WeightsOfRow);

    /// <summary>The passes of the recurrent layers, in the order of their states.</summary>
    public IEnumerable<RecurrentPass> RecurrentPasses => Stack.RecurrentPasses;

    protected SequenceModel Model => model;

    protected LayerStack Stack { get; } = new(model.Layers, keep);

    protected Crew Crew { get; } = new();

    /// <summary>The step of training of the last forward run; null where it predicted.</summary>
    protected TrainingRows? Training { get; private set; }

    /// <summary>How many layers take pieces of a sequence: those before the first one that is not stepwise, and that one.</summary>
    protected int PiecewiseLayers { get; } = Math.Min(StepwiseLayers(model) + 1, model.Layers.Count);

    /// <summary>Whether every step that enters the model leaves it at once.</summary>
    protected bool IsStepwise { get; } = StepwiseLayers(model) == model.Layers.Count;

    /// <summary>Whether one of the layers that take pieces of a sequence must see all steps at once.</summary>
    protected bool NeedsWholeSequence { get; } =
        model.Layers.Take(StepwiseLayers(model) + 1).Any(layer => layer.TakesOneLength || layer.LooksAhead);

    /// <summary>Runs the layers; a run that fails leaves the states as they were.</summary>
    /// <param name="input">The input, dense; a run with a way back copies what it needs of it.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <param name="finalState">Receives the states at the end where they are wanted; may be <paramref name="initialState"/>.</param>
    /// <param name="output">Receives the last layer's output, dense.</param>
    public void Forward(in DenseInput input, ModelState? initialState, ModelState? finalState, float* output)
    {
        Training = input.Training;
        StepTable steps = _sorter.Sort(input.SequenceLength, input.BatchSize, input.Lengths);
        try
        {
            Forward(Gather(steps), input.Data, steps, StatesOf(initialState), output);
            if (finalState is not null)
            {
                Stack.CopyFinalState(finalState.All);
            }
        }
        finally
        {
            Crew.Dismiss();
        }
    }

    protected abstract void Forward(
        Machine machine, float* input, in StepTable steps, ReadOnlySpan<CellState> initialState, float* output);

    protected static ReadOnlySpan<CellState> StatesOf(ModelState? states) => states is null ? default : states.All;

    /// <summary>Gathers the threads that the model allows, unless there is too little to do for more than one.</summary>
    protected Machine Gather(in StepTable steps)
    {
        double operations = _operationsOfRow * steps.Count;
        double least = model.LeastOperationsToShare;
        Crew.Gather(operations < least ? 1 : model.MaxDegreeOfParallelism);
        return new Machine(model.Width, Crew, least);
    }

    private static int StepwiseLayers(SequenceModel model) => model.Layers.TakeWhile(layer => layer.IsStepwise).Count();
}
