using System.Collections;
using System.Numerics.Tensors;

namespace LstmSharp.Tests.Models;

/// <summary>Lists that the library gives out are to read: no cast makes them writable.</summary>
public sealed class GivenListTests
{
    public static TheoryData<string> Names => [.. Lists().Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void GivenList_CastToAnythingWritable_IsNot(string name)
    {
        IEnumerable list = Lists()[name];
        list.GetType().IsArray.Should().BeFalse();
        if (list is IList { Count: > 0 } writable)
        {
            writable.Invoking(l => l[0] = l[0]).Should().Throw<NotSupportedException>();
            writable.Invoking(l => l.Clear()).Should().Throw<NotSupportedException>();
        }
    }

    [Fact]
    public void Metrics_OfAListThatIsChangedLater_StayThoseMeasured()
    {
        List<Metric> metrics = [new MeanAbsoluteError()];
        EvaluationResult result = Model().Evaluate(Data(), Loss.MeanSquaredError, metrics);
        metrics.Clear();
        result.Metrics.Should().ContainSingle();
    }

    private static Dictionary<string, IEnumerable> Lists()
    {
        SequenceModel model = Model();
        IReadOnlyList<EpochSummary>? seen = null;
        var options = new TrainingOptions
        {
            Optimizer = new Sgd(0.01f),
            Loss = Loss.MeanSquaredError,
            Epochs = 2,
            FrozenLayers = [model.Layers[0]],
            Callbacks = [new Watching(context => seen = context.History), new Failing()],
        };
        TrainingResult trained = model.Fit(Data(), options);
        Tensor<float> input = Tensor.Create(new float[6], [3, 1, 2]);
        GateTrace trace = GateTrace.Record(model, input);
        GradientFlow flow = GradientFlow.Measure(model, input, Tensor.Create([1f], [1, 1, 1]));
        return new Dictionary<string, IEnumerable>
        {
            ["SequenceModel.Layers"] = model.Layers,
            ["TrainingOptions.Callbacks"] = options.Callbacks,
            ["TrainingContext.History"] = seen!,
            ["TrainingResult.History"] = trained.History,
            ["TrainingResult.Faults"] = trained.Faults,
            ["TrainingOptions.FrozenLayers"] = options.FrozenLayers,
            ["EvaluationResult.Metrics"] = model.Evaluate(Data(), Loss.MeanSquaredError, new Metric[] { new MeanAbsoluteError() }).Metrics,
            ["GateTrace.Layers"] = trace.Layers,
            ["LayerTrace.Lengths"] = trace.Layers[0].Lengths,
            ["LayerTrace.GateNames"] = trace.Layers[0].GateNames,
            ["LayerTrace.PartNames"] = trace.Layers[0].PartNames,
            ["LayerGradientFlow.GateNames"] = flow.Layers[0].GateNames,
            ["GradientFlow.Layers"] = flow.Layers,
            ["LayerGradientFlow.HiddenNorms"] = flow.Layers[0].HiddenNorms,
            ["LayerGradientFlow.CellNorms"] = flow.Layers[0].CellNorms,
            ["LayerGradientFlow.SaturatedShares"] = flow.Layers[0].SaturatedShares,
            ["LayerGradientFlow.SaturatedSharesOf"] = flow.Layers[0].SaturatedSharesOf(LstmGate.Forget),
            ["ModelState"] = model.CreateState(1),
            ["ParameterSet"] = model.Parameters,
        };
    }

    private static SequenceModel Model() => SequenceModel.Create(2).Lstm(3).TakeLast().Dense(1).Build(seed: 1);

    private static SequenceDataset Data() => new(Tensor.Create(new float[12], [3, 2, 2]), Tensor.Create(new float[2], [2, 1]));

    private sealed class Failing : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext context) => throw new IOException("no space");
    }

    private sealed class Watching(Action<TrainingContext> look) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext context) => look(context);
    }
}
