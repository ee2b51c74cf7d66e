using Modules = TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmSharp.Benchmarks.Engines;

/// <summary>libtorch through TorchSharp.</summary>
internal sealed class TorchSharpEngine : Engine
{
    private readonly nn.Module _module;
    private readonly Func<Tensor, Tensor> _forward;
    private readonly Tensor[] _parameters;
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _input;
    private readonly Tensor _target;

    public TorchSharpEngine(Problem problem, int threads)
    {
        set_num_threads(threads);
        Shape shape = problem.Shape;
        (_module, _forward) = Layer(problem.Cell, shape);
        Dictionary<string, Modules.Parameter> byName = _module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        _parameters = [byName["weight_ih_l0"], byName["weight_hh_l0"], byName["bias_ih_l0"]];
        using (no_grad())
        {
            foreach ((Tensor parameter, float[] values) in _parameters.Zip(
                [problem.InputWeights, problem.RecurrentWeights, problem.Bias]))
            {
                using Tensor source = tensor(values, parameter.shape);
                parameter.copy_(source);
            }

            byName["bias_hh_l0"].zero_();
            if (problem.Cell == CellKind.Gru)
            {
                using Tensor second = tensor(problem.RecurrentBias);
                byName["bias_hh_l0"].slice(0, 2L * shape.HiddenSize, 3L * shape.HiddenSize, 1).copy_(second);
            }
        }

        _optimizer = optim.Adam(_module.parameters(), lr: 1e-3);
        _input = tensor(problem.Input, [shape.Length, shape.BatchSize, shape.InputSize]);
        _target = tensor(problem.Target, [shape.Length, shape.BatchSize, shape.HiddenSize]);
    }

    public override IReadOnlyList<float[]> Gradients => [.. _parameters.Select(p => p.grad!.data<float>().ToArray())];

    public override Action Operation(Work work) => work switch
    {
        Work.Inference => Inference,
        Work.TrainingStep => TrainingStep,
        Work.TrainingStepWithAdam => () =>
        {
            TrainingStep();
            using IDisposable scope = NewDisposeScope();
            _optimizer.step();
        }
        ,
        _ => throw Refusal(work),
    };

    public override float[] Output(Work work)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradients = no_grad();
        return _forward(_input).contiguous().data<float>().ToArray();
    }

    public override void Dispose()
    {
        _optimizer.Dispose();
        _module.Dispose();
        _input.Dispose();
        _target.Dispose();
    }

    private static (nn.Module Module, Func<Tensor, Tensor> Forward) Layer(CellKind cell, Shape shape)
    {
        if (cell == CellKind.Lstm)
        {
            Modules.LSTM lstm = nn.LSTM(shape.InputSize, shape.HiddenSize);
            return (lstm, x => lstm.forward(x).Item1);
        }

        if (cell == CellKind.Gru)
        {
            Modules.GRU gru = nn.GRU(shape.InputSize, shape.HiddenSize);
            return (gru, x => gru.forward(x).Item1);
        }

        Modules.RNN rnn = nn.RNN(shape.InputSize, shape.HiddenSize);
        return (rnn, x => rnn.forward(x, null).Item1);
    }

    private void Inference()
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradients = no_grad();
        _forward(_input);
    }

    private void TrainingStep()
    {
        using IDisposable scope = NewDisposeScope();
        _optimizer.zero_grad();
        nn.functional.mse_loss(_forward(_input), _target).backward();
    }
}
