using System.Numerics.Tensors;

namespace LstmSharp.Benchmarks;

/// <summary>One LSTM layer at work on rows of given lengths, or within a memory budget, on one thread.</summary>
internal sealed class Lessons
{
    private readonly SequenceModel _model;
    private readonly SequencePass _pass;
    private readonly ParameterSet _gradients;
    private readonly Shape _shape;
    private readonly int[] _lengths;
    private readonly float[] _input;
    private readonly float[] _target;
    private readonly float[] _output;

    /// <param name="shape">The sizes.</param>
    /// <param name="lengths">Each row's number of steps; empty for all.</param>
    /// <param name="memoryBudget">How many bytes the activations of a training step may take; null for as many as they need.</param>
    public Lessons(Shape shape, int[] lengths, long? memoryBudget = null)
    {
        var problem = new Problem(shape, CellKind.Lstm, Values.Usual);
        _shape = shape;
        _lengths = lengths;
        (_input, _target, _output) = (problem.Input, problem.Target, new float[shape.OutputCount]);
        _model = SequenceModel.Create(shape.InputSize).Lstm(shape.HiddenSize).Build();
        _model.Parameters["0.InputWeights"].CopyFrom(problem.InputWeights);
        _model.Parameters["0.RecurrentWeights"].CopyFrom(problem.RecurrentWeights);
        _model.Parameters["0.Bias"].CopyFrom(problem.Bias);
        _model.MaxDegreeOfParallelism = 1;
        _pass = _model.CreatePass(memoryBudget);
        _gradients = _model.Parameters.CreateZeros();
    }

    private SequenceInput Input =>
        new(new ReadOnlyTensorSpan<float>(_input, [_shape.Length, _shape.BatchSize, _shape.InputSize]), _lengths);

    public void Infer() =>
        _model.Predict(Input, new TensorSpan<float>(_output, [_shape.Length, _shape.BatchSize, _shape.HiddenSize]));

    /// <summary>Computes the gradients.</summary>
    /// <returns>The loss.</returns>
    public float Train()
    {
        _gradients.Clear();
        _pass.Forward(Input);
        float loss = Loss.MeanSquaredError.Evaluate(_pass.OutputValues, _target, _output);
        _pass.Backward(new ReadOnlyTensorSpan<float>(_output, _pass.Output.Lengths), _gradients, wantInputGradient: false);
        return loss;
    }
}
