using Modules = TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmSharp.Benchmarks.Loops;

/// <summary>The same with libtorch through TorchSharp, which packs the rows.</summary>
internal sealed class TorchRaggedLoop : TrainingLoop
{
    private readonly Shape _shape;
    private readonly long[] _lengths;
    private readonly Modules.LSTM _lstm;
    private readonly Tensor _input;
    private readonly Tensor _target;

    /// <summary>As with LstmSharp, rows come in any order, and the mean of the loss goes over the steps beyond a row's length, too, whose
    /// outputs are 0.</summary>
    public TorchRaggedLoop(int batchSize)
    {
        set_num_threads(1);
        _shape = RaggedLoop.ShapeOf(batchSize);
        _lengths = [.. RaggedLoop.LengthsOf(batchSize)];
        _lstm = nn.LSTM(_shape.InputSize, _shape.HiddenSize);
        var problem = new Problem(_shape, CellKind.Lstm, Values.Usual);
        Dictionary<string, Modules.Parameter> byName = _lstm.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        using IDisposable noGradients = no_grad();
        foreach ((string name, float[] values) in new[]
        {
            ("weight_ih_l0", problem.InputWeights), ("weight_hh_l0", problem.RecurrentWeights), ("bias_ih_l0", problem.Bias),
        })
        {
            using Tensor source = tensor(values, byName[name].shape);
            byName[name].copy_(source);
        }

        byName["bias_hh_l0"].zero_();
        _input = tensor(problem.Input, [_shape.Length, _shape.BatchSize, _shape.InputSize]);
        _target = tensor(problem.Target, [_shape.Length, _shape.BatchSize, _shape.HiddenSize]);
    }

    public override void Run(int steps)
    {
        using Tensor lengths = tensor(_lengths);
        for (int n = 0; n < steps; n++)
        {
            BeginStep();
            using IDisposable scope = NewDisposeScope();
            _lstm.zero_grad();
            nn.utils.rnn.PackedSequence packed = nn.utils.rnn.pack_padded_sequence(_input, lengths, enforce_sorted: false);
            (nn.utils.rnn.PackedSequence output, _, _) = _lstm.call(packed);
            Tensor padded = nn.utils.rnn.pad_packed_sequence(output, total_length: _shape.Length).Item1;
            Tensor loss = nn.functional.mse_loss(padded, _target);
            loss.backward();
            EndStep(loss.item<float>());
        }
    }
}
