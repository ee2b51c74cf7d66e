using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace LstmSharp.Benchmarks;

/// <summary>One LSTM layer: prediction, a training step (forward, mean squared error, backward) and the same with Adam.</summary>
[Config(typeof(Settings))]
public class LstmBenchmarks
{
    private SequenceModel _model = null!;
    private SequencePass _pass = null!;
    private ParameterSet _gradients = null!;
    private Adam _optimizer = null!;
    private Tensor<float> _input = null!;
    private float[] _target = null!;
    private float[] _outputGradient = null!;

    [ParamsSource(nameof(Shapes))]
    public Shape Shape { get; set; }

    public static IEnumerable<Shape> Shapes =>
    [
        new(1, 1, 64, 64), new(100, 1, 64, 128), new(100, 1, 256, 256), new(35, 20, 200, 200), new(28, 128, 28, 128),
        new(100, 32, 256, 256),
    ];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _model = SequenceModel.Create(Shape.InputSize).Lstm(Shape.HiddenSize).Build(seed: 1);
        _pass = _model.CreatePass();
        _gradients = _model.Parameters.CreateZeros();
        _optimizer = new Adam();
        _input = Tensor.Create(
            Numbers(random, Shape.Length * Shape.BatchSize * Shape.InputSize), [Shape.Length, Shape.BatchSize, Shape.InputSize]);
        _target = Numbers(random, Shape.Length * Shape.BatchSize * Shape.HiddenSize);
        _outputGradient = new float[_target.Length];
    }

    [Benchmark]
    [Flops(1)]
    public Tensor<float> Predict() => _model.Predict(_input);

    [Benchmark]
    [Flops(3)]
    public float TrainingStep()
    {
        _gradients.Clear();
        _pass.Forward(_input);
        float loss = Loss.MeanSquaredError.Evaluate(_pass.OutputValues, _target, _outputGradient);
        _pass.Backward(new ReadOnlyTensorSpan<float>(_outputGradient, _pass.Output.Lengths), _gradients);
        return loss;
    }

    [Benchmark]
    [Flops(3)]
    public float TrainingStepWithAdam()
    {
        float loss = TrainingStep();
        _optimizer.Step(_model.Parameters, _gradients);
        return loss;
    }

    private static float[] Numbers(Random random, int count)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (random.NextSingle() * 2) - 1;
        }

        return values;
    }

    private sealed class Settings : ManualConfig
    {
        public Settings() => AddColumn(new GigaflopsColumn());
    }
}
