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
    private SequenceRows _output;

    /// <summary>Runs the layers; a run that fails leaves the states as they were.</summary>
    /// <param name="input">The input, dense; copied where a way back will follow.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <param name="finalState">Receives the states at the end where they are wanted; may be <paramref name="initialState"/>.</param>
    /// <param name="output">Receives the last layer's output, dense.</param>
    public void Forward(in SequenceRows input, ModelState? initialState, ModelState? finalState, float* output)
    {
        try
        {
            Machine machine = Gather(input);
            SequenceRows rows = WithoutEmptySteps(input);
            if (keep)
            {
                _output = RunForward(machine, RowCopy.CopyIn(_crew, rows, _input), 0, _passes.Length, initialState);
                RowCopy.CopyOut(_crew, _output, output);
            }
            else
            {
                ForwardInPieces(machine, rows, initialState, output);
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
            Machine machine = Gather(_inputs[0]);
            SequenceRows upstream = RowCopy.CopyIn(_crew, _output with { Data = outputGradient, Stride = _output.Width }, _outputGradient);
            bool wantInput = inputGradient != null;
            SequenceRows downstream = Backward(machine, upstream, gradients, finalStateGradient, initialStateGradient, wantInput);
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

    /// <summary>A batch without rows has nothing to compute at any step: it runs as one without steps.</summary>
    private static SequenceRows WithoutEmptySteps(in SequenceRows input) =>
        input.BatchSize == 0 ? input with { SequenceLength = 0 } : input;

    /// <summary>Lets pieces of a sequence through all layers that take it step by step, one piece after the other, and then the last one
    /// through the others.</summary>
    private void ForwardInPieces(Machine machine, in SequenceRows input, ModelState? initialState, float* output)
    {
        bool isStepwise = _stepwiseLayers == _passes.Length;
        bool needsAll = !isStepwise && model.Layers[_stepwiseLayers].NeedsWholeSequence;
        int length = input.SequenceLength, most = Math.Max(1, length);
        int steps = needsAll ? most : (int)Math.Clamp(FloatsAtATime / Math.Max(1, (long)input.BatchSize * _widestRow), 1, most);
        SequenceRows rows = input;
        for (int start = 0, count; start == 0 || start < length; start += Math.Max(1, count))
        {
            count = Math.Min(steps, length - start);
            rows = input with { Data = input.Step(start), SequenceLength = count, Continues = start > 0 };
            rows = RunForward(machine, rows, 0, _stepwiseLayers, initialState);
            if (isStepwise)
            {
                RowCopy.CopyOut(_crew, rows, output + ((nint)start * rows.BatchSize * rows.Width));
            }
        }

        if (!isStepwise)
        {
            rows.Continues = false;
            rows = RunForward(machine, rows, _stepwiseLayers, _passes.Length, initialState);
            RowCopy.CopyOut(_crew, rows, output);
        }
    }

    /// <summary>Runs the layers from one to before another.</summary>
    private SequenceRows RunForward(Machine machine, SequenceRows rows, int first, int end, ModelState? initialState)
    {
        int state = 0;
        for (int n = 0; n < end; n++)
        {
            CellState? initial = _hasState[n] ? initialState?[state++] : null;
            if (n >= first)
            {
                _inputs[n] = rows;
                rows = _passes[n].Forward(machine, rows, initial);
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
        Machine machine,
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
            outputGradient = _passes[n].Backward(machine, _inputs[n], new LayerGradients
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
    private Machine Gather(in SequenceRows input)
    {
        double operations = 2.0 * input.SequenceLength * input.BatchSize * model.Parameters.TotalCount;
        double least = model.LeastOperationsToShare;
        _crew.Gather(operations < least ? 1 : model.MaxDegreeOfParallelism);
        return new Machine(model.Width, _crew, least);
    }
}
