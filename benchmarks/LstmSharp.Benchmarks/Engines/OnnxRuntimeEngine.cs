using Microsoft.ML.OnnxRuntime;

namespace LstmSharp.Benchmarks.Engines;

/// <summary>ONNX Runtime with a model of one node, reading and writing memory that is bound once.</summary>
internal sealed class OnnxRuntimeEngine : Engine
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly OrtValue[] _inputs;
    private readonly OrtValue _output;
    private readonly float[] _outputValues;
    private readonly OrtValue[][] _states;
    private readonly string[] _stateInputs;
    private readonly string[] _stateOutputs;
    private readonly bool _hasHead;
    private int _currentState;

    public OnnxRuntimeEngine(Problem problem, int threads, bool isStreaming)
    {
        Shape shape = problem.Shape;
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        };
        _session = new InferenceSession(OnnxModel.Write(problem, isStreaming), options);
        _outputValues = new float[shape.OutputCount];
        _output = OrtValue.CreateTensorValueFromMemory(_outputValues, [shape.Length, 1, shape.BatchSize, shape.HiddenSize]);
        _inputs = [OrtValue.CreateTensorValueFromMemory(problem.Input, [shape.Length, shape.BatchSize, shape.InputSize])];
        _hasHead = problem.Head.Length > 0;
        bool hasCell = problem.Cell == CellKind.Lstm;
        _stateInputs = hasCell ? ["X", "initial_h", "initial_c"] : ["X", "initial_h"];
        _stateOutputs = hasCell ? ["Y_h", "Y_c"] : ["Y_h"];
        if (_hasHead)
        {
            _stateOutputs = [.. _stateOutputs, "y"];
        }

        _states = [NewStates(shape), NewStates(shape)];
    }

    public override IReadOnlyList<float[]> Gradients => throw Refusal(Work.TrainingStep);

    public override Action Operation(Work work) => work switch
    {
        Work.Inference => Inference(),
        Work.StreamingStep => StreamingStep(),
        _ => throw Refusal(work),
    };

    public override float[] Output(Work work) =>
        work == Work.StreamingStep ? _states[_currentState][_hasHead ? ^1 : 0].GetTensorDataAsSpan<float>().ToArray() : _outputValues;

    public override void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
        foreach (OrtValue value in (OrtValue[])[_output, .. _inputs, .. _states[0], .. _states[1]])
        {
            value.Dispose();
        }
    }

    private Action Inference()
    {
        string[] inputNames = ["X"], outputNames = ["Y"];
        OrtValue[] outputs = [_output];
        return () => _session.Run(_runOptions, inputNames, _inputs, outputNames, outputs);
    }

    private Action StreamingStep()
    {
        int states = _stateInputs.Length - 1;
        OrtValue[][] inputs = [[_inputs[0], .. _states[0][..states]], [_inputs[0], .. _states[1][..states]]];
        return () =>
        {
            _session.Run(_runOptions, _stateInputs, inputs[_currentState], _stateOutputs, _states[1 - _currentState]);
            _currentState = 1 - _currentState;
        };
    }

    private OrtValue[] NewStates(Shape shape) =>
    [
        .. _stateOutputs.Select(name => name == "y" ? 1 : shape.HiddenSize).Select(size =>
            OrtValue.CreateTensorValueFromMemory(new float[shape.BatchSize * size], [1, shape.BatchSize, size])),
    ];
}
