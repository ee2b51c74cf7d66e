using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>A run forward and back through time. Within a memory budget it keeps the activations of one segment of the sequence at a time,
/// and the states at the segments' starts; on the way back it computes the other segments' activations again.</summary>
/// <remarks>A segment is made of whole chunks, counted from the sequence's end, of which the gradients of the weights are sums: so these,
/// too, have the same bits in any number of segments. docs/math/lstm.md, (8).</remarks>
/// <param name="model">The model, whom the caller keeps reachable.</param>
/// <param name="memoryBudget">How many bytes the activations may take, at least those of one chunk; null for as many as they
/// need.</param>
internal sealed unsafe class TrainingRun(SequenceModel model, long? memoryBudget) : StackRun(model, keep: true)
{
    private readonly long _rowsOfChunk = model.FloatsOfChunk / Math.Max(1, model.Layers.Max(layer => layer.FloatsOfSums));
    private readonly long _floatsOfRow = model.Layers.Sum(layer => layer.FloatsKept) + model.InputStride;
    private readonly AlignedBuffer _input = new();
    private readonly AlignedBuffer _wholeInput = new();
    private readonly AlignedBuffer _outputGradient = new();
    private readonly List<int> _starts = [];
    private readonly List<ModelState> _states = [];
    private readonly bool _gradientReplacesOutput = model.Layers[^1].NeedsNoOutputs;
    private StepTable _steps;

    /// <summary>What left the last layer of those that ran last.</summary>
    private SequenceRows _output;

    /// <summary>The segment whose activations the layers hold.</summary>
    private int _computed;

    /// <summary>The rows of all steps of the largest segment.</summary>
    private long _rowsOfLargestSegment;

    /// <summary>Whether an output's gradient may lie where the output lay, so that <see cref="Judge"/> may be set.</summary>
    public bool TakesJudge => _gradientReplacesOutput;

    /// <summary>Who judges the outputs of the next run where they lie, so that no other copy of them is made; null for nobody: then they
    /// and their gradient lie in the caller's memory.</summary>
    public IOutputJudge? Judge { get; set; }

    /// <summary>Runs the layers backward, after a forward run.</summary>
    /// <param name="outputGradient">The gradient of the output, dense; not read where a judge left it.</param>
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
            RunContext run = Context(Gather(_steps));
            ReadOnlySpan<Parameter> parameters = gradients.Slice(0, gradients.Count);
            ReadOnlySpan<CellState> later = StatesOf(finalStateGradient);
            SequenceRows upstream = default;
            if (!IsStepwise)
            {
                upstream = Gradient(outputGradient, _output.Count);
                upstream = Stack.Backward(run with { RowsOfLargestPiece = 0 }, PiecewiseLayers, Stack.Count, new LayerGradients
                {
                    Output = upstream,
                    FinalState = later,
                    InitialState = initialStateGradient.All,
                    Parameters = parameters,
                    WantsInput = true,
                });
            }

            for (int segment = _starts.Count - 1; segment >= 0; segment--)
            {
                StepTable steps = StepsOf(segment);
                if (_computed != segment)
                {
                    SequenceRows output = RunSegment(run with { Recomputes = true }, segment, _wholeInput.Pointer, _states[segment].All);
                    if (IsStepwise)
                    {
                        _output = output;
                        JudgeOutput(_starts[segment], wantsGradient: true);
                    }
                }

                if (IsStepwise)
                {
                    upstream = Gradient(
                        outputGradient + ((nint)_starts[segment] * steps.BatchSize * _output.Width), run.RoomFor(steps.Count));
                }

                SequenceRows downstream = Stack.Backward(run, 0, PiecewiseLayers, new LayerGradients
                {
                    Output = upstream,
                    FinalState = later,
                    InitialState = initialStateGradient.All,
                    Parameters = parameters,
                    WantsInput = inputGradient != null,
                });
                if (inputGradient != null)
                {
                    RowCopy.CopyOut(Crew, downstream, inputGradient + ((nint)_starts[segment] * steps.BatchSize * Model.InputSize));
                }

                later = initialStateGradient.All;
            }
        }
        finally
        {
            Crew.Dismiss();
        }
    }

    protected override void Forward(
        Machine machine, float* input, in StepTable steps, ReadOnlySpan<CellState> initialState, float* output)
    {
        _steps = steps;
        Divide();
        KeepInput(input);
        RunContext run = Context(machine);
        for (int segment = 0; segment < _starts.Count; segment++)
        {
            _output = RunSegment(run, segment, input, _starts.Count > 1 ? KeepState(segment, initialState) : initialState);
            if (IsStepwise)
            {
                HandOut(output, _starts[segment], isLast: segment == _starts.Count - 1);
            }
        }

        if (!IsStepwise)
        {
            _output = Stack.Forward(run with { RowsOfLargestPiece = 0 }, _output, PiecewiseLayers, Stack.Count, initialState);
            HandOut(output, firstStep: 0, isLast: true);
        }
    }

    /// <summary>Lets the judge see what left the last layer, or copies it out. Of what will be computed again, the gradient waits until
    /// then.</summary>
    private void HandOut(float* output, int firstStep, bool isLast)
    {
        if (Judge is null)
        {
            RowCopy.CopyOut(Crew, _output, output + ((nint)firstStep * _output.BatchSize * _output.Width));
        }
        else
        {
            JudgeOutput(firstStep, isLast);
        }
    }

    private void JudgeOutput(int firstStep, bool wantsGradient)
    {
        if (Judge is not null)
        {
            JudgedRows.Run(Crew, Judge, _output, firstStep, wantsGradient);
        }
    }

    /// <summary>The gradient of what left the last layer: what a judge left, or what a caller gives.</summary>
    /// <param name="dense">The caller's gradient.</param>
    /// <param name="room">For how many rows to make room.</param>
    private SequenceRows Gradient(float* dense, long room)
    {
        if (!_gradientReplacesOutput)
        {
            _outputGradient.Reserve(room * Panels.RowStride(_output.Width));
            return RowCopy.CopyIn(Crew, dense, _output.Steps, _output.Width, _outputGradient);
        }

        if (Judge is null)
        {
            RowCopy.CopyIn(Crew, dense, _output);
        }

        return _output;
    }

    private RunContext Context(Machine machine) =>
        new(machine, RowsOfChunk: _rowsOfChunk, RowsOfLargestPiece: _rowsOfLargestSegment, Training: Training);

    private StepTable StepsOf(int segment) =>
        _steps.Slice(_starts[segment], (segment + 1 < _starts.Count ? _starts[segment + 1] : _steps.Length) - _starts[segment]);

    /// <summary>Divides the sequence into segments of as many whole chunks as the budget holds, one at least.</summary>
    private void Divide()
    {
        _starts.Clear();
        long rows = memoryBudget is { } bytes && !NeedsWholeSequence ? bytes / sizeof(float) / _floatsOfRow : long.MaxValue;
        int start = _steps.LiveLength;
        while (start > 0 && _steps.First(start) > rows)
        {
            int end = start, next = _steps.StartOfRows(end, _rowsOfChunk);
            do
            {
                start = next;
                next = _steps.StartOfRows(start, _rowsOfChunk);
            }
            while (start > 0 && _steps.First(end) - _steps.First(next) <= rows);

            _starts.Add(start);
        }

        if (start > 0 || _starts.Count == 0)
        {
            _starts.Add(0);
        }

        _starts.Reverse();
        _rowsOfLargestSegment = 0;
        for (int segment = 0; segment < _starts.Count; segment++)
        {
            _rowsOfLargestSegment = Math.Max(_rowsOfLargestSegment, StepsOf(segment).Count);
        }
    }

    /// <summary>Copies the input where segments of it will be needed again.</summary>
    private void KeepInput(float* input)
    {
        if (_starts.Count > 1)
        {
            long count = (long)_steps.Length * _steps.BatchSize * Model.InputSize;
            Buffer.MemoryCopy(input, _wholeInput.Reserve(count), count * sizeof(float), count * sizeof(float));
        }
    }

    /// <summary>Keeps the states that a segment starts from: those given, or those after the segment before.</summary>
    private ReadOnlySpan<CellState> KeepState(int segment, ReadOnlySpan<CellState> initialState)
    {
        if (_states.Count > 0 && _states[0].BatchSize != _steps.BatchSize)
        {
            _states.Clear();
        }

        if (_states.Count == segment)
        {
            _states.Add(Model.CreateState(_steps.BatchSize));
        }

        ModelState state = _states[segment];
        if (segment > 0)
        {
            Stack.CopyFinalState(0, PiecewiseLayers, state.All);
        }
        else
        {
            state.CopyFrom(initialState);
        }

        return state.All;
    }

    private SequenceRows RunSegment(RunContext run, int segment, float* input, ReadOnlySpan<CellState> state)
    {
        StepTable steps = StepsOf(segment);
        float* ofSegment = input + ((nint)_starts[segment] * steps.BatchSize * Model.InputSize);
        _input.Reserve(run.RoomFor(steps.Count) * Model.InputStride);
        SequenceRows rows = RowCopy.CopyIn(Crew, ofSegment, steps, Model.InputSize, Model.InputStride, _input);
        _computed = segment;
        return Stack.Forward(run with { Continues = segment > 0 }, rows, 0, PiecewiseLayers, state);
    }
}
