using System.Numerics.Tensors;
using LstmSharp.Randomness;
using LstmSharp.Tests.Randomness;
using LstmSharp.Tests.Training;

namespace LstmSharp.Tests.Models;

/// <summary>Layers with a way round them. Bits and gradients of random ones are those of the laws of all models.</summary>
public sealed class ResidualTests
{
    [Fact]
    public void Predict_Residual_AddsTheInputToWhatTheLayersGive()
    {
        SequenceModel model = SequenceModel.Create(3).Residual(inner => inner.Dense(3, Activation.Relu)).Build();
        model.Parameters["0.0.Weights"].CopyFrom([1, 0, 0, 0, -1, 0, 0, 0, 2]);
        model.Parameters["0.0.Bias"].CopyFrom([0.5f, 0, 0]);

        model.Predict(Tensor.Create([1f, 2, 3, -4, -5, 6], [2, 1, 3])).Should().Equal(2.5f, 2, 9, -4, 0, 18);
    }

    [Fact]
    public void Build_LayersInside_AreNamedDrawnAndMaskedByTheirPlaces()
    {
        SequenceModel model = SequenceModel.Create(4).Lstm(5)
            .Residual(inner => inner.Dropout(0.5f).VanillaRnn(7).Residual(inmost => inmost.Lstm(7)).Dense(5)).Dense(1).Build(seed: 6);

        model.Parameters.Select(parameter => parameter.Name).Should().Equal(
            "0.InputWeights", "0.RecurrentWeights", "0.Bias",
            "1.1.InputWeights", "1.1.RecurrentWeights", "1.1.Bias",
            "1.2.0.InputWeights", "1.2.0.RecurrentWeights", "1.2.0.Bias",
            "1.3.Weights", "1.3.Bias", "2.Weights", "2.Bias");
        var residual = (ResidualLayer)model.Layers[1];
        ((DropoutLayer)residual.Layers[0]).Path.Should().Equal(1, 0);
        residual.Parameters.Should().Equal(model.Parameters.Skip(3).Take(8));
        model.CreateState(2).Select(state => state.HiddenSize).Should().Equal(5, 7, 7);

        var cell = new LstmCell(7, 7, "alone.");
        cell.Initialize(new RandomStream(RandomKey.Of(6, RandomPurpose.Weights, [1, 2, 0])), WeightInitialization.GlorotOrthogonal);
        model.Parameters["1.2.0.InputWeights"].Values.ShouldHaveTheBitsOf(cell.InputWeights.Values);

        SequenceModel straight = SequenceModel.Create(4).Lstm(5).Dense(5).Dense(1).Build(seed: 6);
        foreach (string name in (string[])["0.InputWeights", "0.RecurrentWeights", "2.Weights"])
        {
            model.Parameters[name].Values.ShouldHaveTheBitsOf(straight.Parameters[name].Values);
        }
    }

    [Fact]
    public void Forward_OfATrainingStep_DropsByThePath()
    {
        SequencePass pass = SequenceModel.Create(30).Residual(inner => inner.Residual(inmost => inmost.Dropout(0.3f))).Build().CreatePass();
        float[] ones = [.. Enumerable.Repeat(1f, 2 * 30)];
        pass.Forward(new ReadOnlyTensorSpan<float>(ones, [2, 1, 30]), new TrainingStep(4, 9, [70]));

        RandomKey key = RandomKey.Of(4, RandomPurpose.Dropout, [0, 0, 0]).At(9);
        pass.OutputValues.ToArray().Should().Equal(
            Enumerable.Range(0, ones.Length).Select(n => 1 + (1 + NaiveMask.Of(key, n / 30, 70, n % 30, 0.3f))));
    }

    [Fact]
    public void Residual_LayersThatCannotBeAdded_AreRefusedInWordsAndTheBuilderStays()
    {
        SequenceModelBuilder builder = SequenceModel.Create(2).Lstm(8);
        void ShouldRefuse(Action<SequenceModelBuilder> layers, string message) =>
            builder.Invoking(b => b.Residual(layers)).Should().Throw<ArgumentException>().WithParameterName(nameof(layers)).WithMessage(message);

        ShouldRefuse(
            inner => inner.Lstm(16),
            "Residual(8): layers must give as many values as enter, 8, to be added to them, but LstmCell(8 => 16, *) gives 16; "
            + "end with a layer of 8, such as Dense(8).*");
        ShouldRefuse(
            inner => inner.Lstm(8).TakeLast().Dense(8),
            "Residual(8): layers must let every step through, as it is added to the step that entered, but TakeLast(8) makes one step of all; "
            + "put it behind the Residual.*");
        ShouldRefuse(inner => inner.MeanOverTime(), "*but MeanOverTime(8) makes one step of all*");
        ShouldRefuse(inner => inner.MaxOverTime(), "*but MaxOverTime(8) makes one step of all*");
        ShouldRefuse(inner => inner.Flatten(1), "*but Flatten(1 × 8 => 8) makes one step of all*");
        ShouldRefuse(_ => { }, "Residual(8): layers must add at least one layer to the builder that it is given, but added none.*");
        builder.Invoking(b => b.Residual(null!)).Should().Throw<ArgumentNullException>();
        builder.Invoking(b => b.Residual(_ => throw new TimeoutException())).Should().Throw<TimeoutException>();

        builder.Residual(inner => inner.Dense(8)).Build().Layers.Should().HaveCount(2);
    }

    [Fact]
    public void Residual_TheWrongBuilder_IsRefused()
    {
        SequenceModelBuilder builder = SequenceModel.Create(2), kept = null!;
        builder.Invoking(b => b.Residual(_ => b.Dense(2))).Should().Throw<InvalidOperationException>().WithMessage("*the builder that the function is given*");
        builder.Invoking(b => b.Residual(inner => inner.Dense(2).Build())).Should().Throw<InvalidOperationException>()
            .WithMessage("*built with their model; call Build behind that*");
        builder.Residual(inner => kept = inner.Dense(2));
        kept.Invoking(b => b.Dense(2)).Should().Throw<InvalidOperationException>().WithMessage("*go on with the builder that added that one*");
        builder.Build();
        builder.Invoking(b => b.Residual(inner => inner.Dense(2))).Should().Throw<InvalidOperationException>().WithMessage("*built already*");
    }

    [Fact]
    public void Residual_MoreLayersThanAModelMayHave_AreRefused()
    {
        void Add(SequenceModelBuilder inner, int count)
        {
            for (int n = 0; n < count; n++)
            {
                inner.Dropout(0.1f);
            }
        }

        void Nest(SequenceModelBuilder inner, int depth)
        {
            if (depth > 0)
            {
                inner.Residual(inmost => Nest(inmost, depth - 1));
            }

            inner.Dropout(0.1f);
        }

        SequenceModelBuilder builder = SequenceModel.Create(2).Residual(inner => Add(inner, 998));
        builder.Invoking(b => b.Residual(inner => inner.Dropout(0.1f))).Should().Throw<InvalidOperationException>().WithMessage("*at most 1000 layers*");
        builder.Dropout(0.1f).Invoking(b => b.Dropout(0.1f)).Should().Throw<InvalidOperationException>().WithMessage("*at most 1000 layers*");
        builder.Build().OutputSize.Should().Be(2);
        SequenceModel.Create(2).Invoking(b => Nest(b, 9)).Should().Throw<InvalidOperationException>().WithMessage("*at most 8 deep*");
        Nest(SequenceModel.Create(2), 8);
    }

    [Fact]
    public void Summary_LayersInside_StandBelowTheirs()
    {
        SequenceModel model = SequenceModel.Create(2).Residual(inner => inner.Lstm(3).Residual(inmost => inmost.Dense(3)).Dense(2)).TakeLast().Build();

        model.Summary().ReplaceLineEndings("\n").Should().Be(
            """
            Layer                                           Output shape   Parameters
            0. Residual(2)                                  [T, B, 2]                
            0.0. LstmCell(2 => 3, 72 parameters)            [T, B, 3]              72
            0.1. Residual(3)                                [T, B, 3]                
            0.1.0. Dense(3 => 3, Identity, 12 parameters)   [T, B, 3]              12
            0.2. Dense(3 => 2, Identity, 8 parameters)      [T, B, 2]               8
            1. TakeLast(2)                                  [1, B, 2]               0
            Total                                                                  92
            """.ReplaceLineEndings("\n"));
        model.ToString().Should().Contain("Residual(LstmCell(2 => 3, 72 parameters) => Residual(Dense(");
    }

    [Fact]
    public void Fit_FrozenLayerInside_KeepsItsWeights()
    {
        SequenceModel Model() => SequenceModel.Create(1).Lstm(4).Residual(inner => inner.VanillaRnn(4).Dense(4)).TakeLast().Dense(1).Build(seed: 2);
        SequenceModel model = Model(), fresh = Model();
        Layer frozen = ((ResidualLayer)model.Layers[1]).Layers[0];
        model.Fit(TrainingScene.Means(9), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(0.05f),
            Epochs = 2,
            FrozenLayers = [frozen],
        });

        foreach (Parameter parameter in model.Parameters)
        {
            parameter.Values.SequenceEqual(fresh.Parameters[parameter.Name].Values).Should().Be(parameter.Name.StartsWith("1.0.", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void RecordAndMeasure_ModelWithAResidual_GoThroughIt()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(4).Residual(inner => inner.VanillaRnn(5).Lstm(4)).VanillaRnn(2).Build(seed: 5);
        ModelRun run = ModelRun.Draw(model, length: 6, batchSize: 2, new Random(3));
        Tensor<float> input = Tensor.Create(run.Input, [6, 2, 3]);

        GateTrace trace = GateTrace.Record(model, input, run.InitialState);
        trace.Layers.Select(layer => layer.Path).Should().Equal("0", "1.0", "1.1", "2");
        TensorValues.Of(trace.Layers[3].Hidden).ShouldHaveTheBitsOf(TensorValues.Of(model.Predict(input, run.InitialState)));

        float[] upstream = [.. run.OutputGradient];
        upstream.AsSpan(0, 5 * 2 * 2).Clear();
        GradientFlow flow = GradientFlow.Measure(model, input, Tensor.Create(upstream, [6, 2, 2]), run.InitialState);
        SequencePass pass = model.CreatePass();
        pass.Forward(input, run.InitialState);
        pass.Backward(new ReadOnlyTensorSpan<float>(upstream, [6, 2, 2]), model.Parameters.CreateZeros());
        flow.Layers.Select(layer => layer.Path).Should().Equal("0", "1.0", "1.1", "2");
        flow.Layers[0].HiddenNorms.Should().OnlyContain(norm => norm > 0);
    }
}
