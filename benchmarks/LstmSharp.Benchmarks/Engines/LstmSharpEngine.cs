using System.Numerics.Tensors;

namespace LstmSharp.Benchmarks.Engines;

/// <summary>This library, through its public face.</summary>
internal sealed class LstmSharpEngine : Engine
{
    private readonly SequenceModel _model;
    private readonly SequencePass _pass;
    private readonly ParameterSet _gradients;
    private readonly Adam _optimizer = new(learningRate: 1e-3f);
    private readonly Tensor<float> _input;
    private readonly float[] _inputValues;
    private readonly float[] _target;
    private readonly float[] _outputGradient;
    private readonly SequenceStream _stream;
    private readonly float[] _streamOutput;
    private readonly Tensor<float> _output;

    public LstmSharpEngine(Problem problem, int threads)
    {
        Shape shape = problem.Shape;
        SequenceModelBuilder builder = SequenceModel.Create(shape.InputSize);
        builder = problem.Cell switch
        {
            CellKind.Lstm => builder.Lstm(shape.HiddenSize),
            CellKind.Gru => builder.Gru(shape.HiddenSize),
            _ => builder.VanillaRnn(shape.HiddenSize),
        };
        _model = (problem.Head.Length > 0 ? builder.Dense(1) : builder).Build();
        Cell.InputWeights.CopyFrom(problem.InputWeights);
        Cell.RecurrentWeights.CopyFrom(problem.RecurrentWeights);
        Cell.Bias.CopyFrom(problem.Bias);
        (Cell as GruCell)?.RecurrentBias!.CopyFrom(problem.RecurrentBias);
        if (problem.Head.Length > 0)
        {
            var head = (DenseLayer)_model.Layers[1];
            head.Weights.CopyFrom(problem.Head.AsSpan(0, shape.HiddenSize));
            head.Bias.CopyFrom(problem.Head.AsSpan(shape.HiddenSize));
        }

        _model.MaxDegreeOfParallelism = threads;
        _pass = _model.CreatePass();
        _gradients = _model.Parameters.CreateZeros();
        _inputValues = problem.Input;
        _input = Tensor.Create(problem.Input, [shape.Length, shape.BatchSize, shape.InputSize]);
        _target = problem.Target;
        _outputGradient = new float[_target.Length];
        _stream = _model.OpenStream(shape.BatchSize);
        _streamOutput = new float[shape.BatchSize * _model.OutputSize];
        _output = Tensor.CreateFromShape<float>([shape.Length, shape.BatchSize, _model.OutputSize]);
    }

    public override IReadOnlyList<float[]> Gradients =>
    [
        GradientOf(Cell.InputWeights), GradientOf(Cell.RecurrentWeights), GradientOf(Cell.Bias),
    ];

    private RecurrentCell Cell => ((RecurrentLayer)_model.Layers[0]).Cell;

    public override Action Operation(Work work) => work switch
    {
        Work.Inference => () => _model.Predict(_input, _output),
        Work.TrainingStep => TrainingStep,
        Work.TrainingStepWithAdam => () =>
        {
            TrainingStep();
            _optimizer.Step(_model.Parameters, _gradients);
        }
        ,
        Work.StreamingStep => () => _stream.Step(_inputValues, _streamOutput),
        _ => throw Refusal(work),
    };

    public override float[] Output(Work work)
    {
        if (work == Work.StreamingStep)
        {
            return _streamOutput;
        }

        float[] values = new float[_output.FlattenedLength];
        _output.FlattenTo(values);
        return values;
    }

    public override void Dispose()
    {
    }

    private void TrainingStep()
    {
        _gradients.Clear();
        _pass.Forward(_input);
        Loss.MeanSquaredError.Evaluate(_pass.OutputValues, _target, _outputGradient);
        _pass.Backward(
            new ReadOnlyTensorSpan<float>(_outputGradient, _pass.Output.Lengths), _gradients, wantInputGradient: false);
    }

    private float[] GradientOf(Parameter parameter) => _gradients[parameter.Name].Values.ToArray();
}
