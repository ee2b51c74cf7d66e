using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>One sequence batch on its way through all layers of a model and back.</summary>
/// <param name="model">The model, whom the caller keeps reachable.</param>
/// <param name="keep">Whether the way back will follow, for which activations are kept.</param>
internal sealed unsafe class LayerStackPass(SequenceModel model, bool keep)
{
    /// <summary>How many floats of a layer's output are computed before the next layer takes them, where no way back will follow: what
    /// the layers hand to each other stays in the cache, and a long sequence needs no more memory than a short one.</summary>
    private const int FloatsAtATime = 1 << 18;

    private readonly int _stepwiseLayers = model.Layers.TakeWhile(layer => layer.IsStepwise).Count();
    private readonly int _widestRow = model.Layers.Max(layer => Panels.RowStride(Math.Max(layer.InputSize, layer.OutputSize)));
    private readonly bool[] _hasState = [.. model.Layers.Select(layer => layer.HasState)];
    private readonly LayerPass[] _passes = [.. model.Layers.Select(layer => layer.CreatePass(keep))];
    private readonly SequenceRows[] _inputs = new SequenceRows[model.Layers.Count];
    private readonly AlignedBuffer _input = new();
    private readonly AlignedBuffer _outputGradient = new();
    private readonly Crew _crew = new();
    private readonly RowSorter _sorter = new();
    private SequenceRows _output;

    /// <summary>Runs the layers; a run that fails leaves the states as they were.</summary>
    /// <param name="input">The input, dense; copied where a way back will follow.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <param name="finalState">Receives the states at the end where they are wanted; may be <paramref name="initialState"/>.</param>
    /// <param name="output">Receives the last layer's output, dense.</param>
    public void Forward(in DenseInput input, ModelState? initialState, ModelState? finalState, float* output)
    {
        StepTable steps = _sorter.Sort(input.SequenceLength, input.BatchSize, input.Lengths);
        try
        {
            Machine machine = Gather(steps);
            if (keep)
            {
                SequenceRows rows = RowCopy.CopyIn(_crew, input.Data, steps, model.InputSize, _input);
                _output = RunForward(new RunContext(machine), rows, 0, _passes.Length, initialState);
                RowCopy.CopyOut(_crew, _output, output);
            }
            else
            {
                ForwardInPieces(machine, input.Data, steps, initialState, output);
            }

            CopyFinalState(finalState);
        }
        finally
        {
            _crew.Dismiss();
        }
    }

    /// <summary>Runs the layers backward, after a forward run.</summary>
    /// <param name="outputGradient">The gradient of the output, dense.</param>
    /// <param name="gradients">The gradients of the model's parameters, added to.</param>
    /// <param name="finalStateGradient">The gradients of the states at the end; null means zeros.</param>
    /// <param name="initialStateGradient">Receives the gradients of the states at the start.</param>
    /// <param name="inputGradient">Receives the gradient of the input, dense; null where nobody wants it.</param>
    public void Backward(
        float* outputGradient,
        ParameterSet gradients,
        ModelState? finalStateGradient,
        ModelState initialStateGradient,
        float* inputGradient)
    {
        try
        {
            var run = new RunContext(Gather(_inputs[0].Steps));
            SequenceRows upstream = RowCopy.CopyIn(_crew, outputGradient, _output.Steps, _output.Width, _outputGradient);
            bool wantInput = inputGradient != null;
            SequenceRows downstream = Backward(run, upstream, gradients, finalStateGradient, initialStateGradient, wantInput);
            if (wantInput)
            {
                RowCopy.CopyOut(_crew, downstream, inputGradient);
            }
        }
        finally
        {
            _crew.Dismiss();
        }
    }

    /// <summary>Lets pieces of a sequence through all layers that take it step by step, one piece after the other, and what the first
    /// layer behind them made of all pieces through the others.</summary>
    private void ForwardInPieces(Machine machine, float* input, in StepTable steps, ModelState? initialState, float* output)
    {
        bool isStepwise = _stepwiseLayers == _passes.Length;
        bool needsAll = !isStepwise && model.Layers[_stepwiseLayers].NeedsWholeSequence;
        int end = isStepwise ? _stepwiseLayers : _stepwiseLayers + 1;
        long mostRows = needsAll ? long.MaxValue : FloatsAtATime / _widestRow;
        SequenceRows rows = default;
        int start = 0;
        do
        {
            int next = steps.BatchSize == 0 ? steps.Length : Math.Min(steps.Length, steps.EndOfRows(start, steps.Length, mostRows));
            StepTable piece = steps.Slice(start, next - start);
            rows = InputRows(input + ((nint)start * steps.BatchSize * model.InputSize), piece);
            rows = RunForward(new RunContext(machine, Continues: start > 0), rows, 0, end, initialState);
            if (isStepwise)
            {
                RowCopy.CopyOut(_crew, rows, output + ((nint)start * rows.BatchSize * rows.Width));
            }

            start = next;
        }
        while (start < steps.Length);

        if (!isStepwise)
        {
            RowCopy.CopyOut(_crew, RunForward(new RunContext(machine), rows, end, _passes.Length, initialState), output);
        }
    }

    /// <summary>Users' rows: as they lie where they stand in the order of the steps, else a copy.</summary>
    private SequenceRows InputRows(float* dense, in StepTable steps) =>
        steps.IsSorted
            ? RowCopy.CopyIn(_crew, dense, steps, model.InputSize, _input)
            : new SequenceRows { Data = dense, Stride = model.InputSize, Width = model.InputSize, Steps = steps };

    /// <summary>Runs the layers from one to before another.</summary>
    private SequenceRows RunForward(in RunContext run, SequenceRows rows, int first, int end, ModelState? initialState)
    {
        int state = 0;
        for (int n = 0; n < end; n++)
        {
            CellState? initial = _hasState[n] ? initialState?[state++] : null;
            if (n >= first)
            {
                _inputs[n] = rows;
                rows = _passes[n].Forward(run, rows, initial);
            }
        }

        return rows;
    }

    private void CopyFinalState(ModelState? finalState)
    {
        int state = 0;
        for (int n = 0; finalState is not null && n < _passes.Length; n++)
        {
            if (_hasState[n])
            {
                _passes[n].CopyFinalState(finalState[state++]);
            }
        }
    }

    private SequenceRows Backward(
        in RunContext run,
        SequenceRows outputGradient,
        ParameterSet gradients,
        ModelState? finalStateGradient,
        ModelState initialStateGradient,
        bool wantInputGradient)
    {
        int state = initialStateGradient.Count;
        int parameter = gradients.Count;
        for (int n = _passes.Length - 1; n >= 0; n--)
        {
            Layer layer = model.Layers[n];
            state -= layer.HasState ? 1 : 0;
            parameter -= layer.Parameters.Count;
            outputGradient = _passes[n].Backward(run, _inputs[n], new LayerGradients
            {
                Output = outputGradient,
                FinalState = layer.HasState ? finalStateGradient?[state] : null,
                InitialState = layer.HasState ? initialStateGradient[state] : null,
                Parameters = gradients.Slice(parameter, layer.Parameters.Count),
                WantsInput = wantInputGradient || n > 0,
            });
        }

        return outputGradient;
    }

    /// <summary>Gathers the threads that the model allows, unless there is too little to do for more than one.</summary>
    private Machine Gather(in StepTable steps)
    {
        double operations = model.Operations(steps.Count);
        double least = model.LeastOperationsToShare;
        _crew.Gather(operations < least ? 1 : model.MaxDegreeOfParallelism);
        return new Machine(model.Width, _crew, least);
    }
}
