using Modules = TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmSharp.Benchmarks.Loops;

/// <summary>The same with libtorch through TorchSharp.</summary>
internal sealed class TorchLanguageModel : TrainingLoop
{
    private static readonly string[] Trained =
        ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "weight_ih_l1", "weight_hh_l1", "bias_ih_l1"];

    private readonly Modules.Embedding _embedding = nn.Embedding(LanguageModelProblem.Vocabulary, LanguageModelProblem.Width);
    private readonly Modules.LSTM _lstm = nn.LSTM(LanguageModelProblem.Width, LanguageModelProblem.Width, numLayers: 2);
    private readonly Modules.Linear _head = nn.Linear(LanguageModelProblem.Width, LanguageModelProblem.Vocabulary);
    private readonly Modules.Parameter[] _parameters;

    /// <summary>The second bias of each layer stays 0 and gets no gradient: LstmSharp has one.</summary>
    public TorchLanguageModel()
    {
        set_num_threads(1);
        Dictionary<string, Modules.Parameter> ofLstm = _lstm.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        _parameters =
        [
            _embedding.weight!,
            .. Trained.Select(name => ofLstm[name]),
            _head.weight!,
            _head.bias!,
        ];
        using IDisposable noGradients = no_grad();
        foreach (Modules.Parameter unused in new[] { ofLstm["bias_hh_l0"], ofLstm["bias_hh_l1"] })
        {
            unused.zero_();
            unused.requires_grad = false;
        }

        for (int n = 0; n < _parameters.Length; n++)
        {
            float[] values = new float[_parameters[n].numel()];
            LanguageModelProblem.Fill(n, values);
            using Tensor source = tensor(values, _parameters[n].shape);
            _parameters[n].copy_(source);
        }
    }

    public override void Run(int steps)
    {
        int[][] text = LanguageModelProblem.Text();
        long[] Steps(int first) =>
            [.. Enumerable.Range(first, LanguageModelProblem.Length).SelectMany(t => text.Select(line => (long)line[t]))];
        using Tensor tokens = tensor(Steps(0), [LanguageModelProblem.Length, text.Length]);
        using Tensor next = tensor(Steps(1));
        using optim.Optimizer optimizer = optim.SGD(_parameters, LanguageModelProblem.LearningRate);
        for (int n = 0; n < steps; n++)
        {
            BeginStep();
            using IDisposable scope = NewDisposeScope();
            optimizer.zero_grad();
            Tensor hidden = _lstm.forward(_embedding.forward(tokens)).Item1;
            Tensor logits = _head.forward(hidden).view(-1, LanguageModelProblem.Vocabulary);
            Tensor loss = nn.functional.cross_entropy(logits, next);
            loss.backward();
            nn.utils.clip_grad_norm_(_parameters, LanguageModelProblem.MaximumNorm);
            optimizer.step();
            EndStep(loss.item<float>());
        }
    }
}
