using System.Numerics.Tensors;
using LstmSharp.Tests.Training;

namespace LstmSharp.Tests.Models;

/// <summary>Layers that read from both ends: what they are made of, what they give and what they refuse.</summary>
public sealed class BidirectionalTests
{
    [Fact]
    public void Predict_EachDirection_IsThatOfItsLayersOverTheRowAndOverTheRowReversed()
    {
        SequenceModel model = SequenceModel.Create(3).Bidirectional(layer => layer.Lstm(5)).Build(seed: 2);
        SequenceModel forward = SequenceModel.Create(3).Lstm(5).Build(), backward = SequenceModel.Create(3).Reverse().Lstm(5).Reverse().Build();
        for (int n = 0; n < 3; n++)
        {
            forward.Parameters[n].CopyFrom(model.Parameters[n].Values);
            backward.Parameters[n].CopyFrom(model.Parameters[n + 3].Values);
        }

        int[] lengths = [4, 7, 0, 1];
        SequenceInput input = new(Tensor.Create(RandomValues.Uniform(new Random(1), 7 * 4 * 3), [7, 4, 3]), lengths);
        Tensor<float> both = model.Predict(input), ahead = forward.Predict(input), back = backward.Predict(input);
        for (int row = 0; row < 4; row++)
        {
            for (int t = 0; t < 7; t++)
            {
                for (int unit = 0; unit < 5; unit++)
                {
                    both[t, row, unit].Should().Be(ahead[t, row, unit]);
                    both[t, row, 5 + unit].Should().Be(back[t, row, unit]);
                }
            }
        }
    }

    [Fact]
    public void Layer_TellsWhatItIsMadeOf()
    {
        var layer = (BidirectionalLayer)SequenceModel.Create(3).Bidirectional(inner => inner.Gru(5).TakeLast(), BidirectionalMerge.Mean).Build()
            .Layers[0];
        (layer.InputSize, layer.OutputSize, layer.OutputLength(9), layer.Merge).Should().Be((3, 5, 1, BidirectionalMerge.Mean));
        layer.ForwardLayers.Select(inner => inner.ToString()).Should().Equal(layer.BackwardLayers.Select(inner => inner.ToString()));
        layer.Parameters.Select(parameter => parameter.Name).Should().StartWith(["0.0.InputWeights"]).And.Contain("0.2.InputWeights");
        layer.Parameters["0.0.InputWeights"].Values.ToArray().Should().NotEqual(layer.Parameters["0.2.InputWeights"].Values.ToArray());
        layer.ToString().Should().Be("Bidirectional(Mean: GruCell(3 => 5, 140 parameters) => TakeLast(5))");
    }

    [Fact]
    public void Bidirectional_WhatCannotBe_IsRefusedInWords()
    {
        SequenceModelBuilder Builder() => SequenceModel.Create(3);
        FluentActions.Invoking(() => Builder().Bidirectional(layer => layer.Dense(2))).Should().Throw<ArgumentException>()
            .WithMessage("Bidirectional(3): layers must add a recurrent layer*, but added Dense(3 => 2*");
        int calls = 0;
        FluentActions.Invoking(() => Builder().Bidirectional(layer => layer.Lstm(++calls))).Should().Throw<ArgumentException>()
            .WithMessage("Bidirectional(3): layers must add the same layers for both directions, but added LstmCell(3 => 1*then LstmCell(3 => 2*");
        FluentActions.Invoking(() => Builder().Bidirectional(layer => layer.Lstm(1), (BidirectionalMerge)7)).Should()
            .Throw<ArgumentOutOfRangeException>().WithMessage("Bidirectional(3): there is no such merge*");
        FluentActions.Invoking(() => Builder().Bidirectional(null!)).Should().Throw<ArgumentNullException>().WithParameterName("layers");
        FluentActions.Invoking(() => Builder().Residual(inner => inner.Bidirectional(layer => layer.Lstm(3))).Build().OpenStream()).Should()
            .Throw<ArgumentException>("Concat makes 6 of 3");
        FluentActions.Invoking(() => Builder().Residual(inner => inner.Bidirectional(layer => layer.Lstm(3), BidirectionalMerge.Sum)).Build()
            .OpenStream()).Should().Throw<InvalidOperationException>().WithMessage("OpenStream: Residual(*looks ahead*");
        FluentActions.Invoking(() => Builder().Reverse().Build().OpenStream()).Should().Throw<InvalidOperationException>()
            .WithMessage("OpenStream: Reverse(3) looks ahead*");
    }

    [Fact]
    public void Fit_SequencesThatWouldBeCut_IsRefused()
    {
        SequenceModel model = SequenceModel.Create(1).Bidirectional(layer => layer.Lstm(3)).Dense(1).Build();
        Tensor<float> values = Tensor.Create(RandomValues.Uniform(new Random(1), 40), [40, 1, 1]);
        Action fit = () => model.Fit(new SequenceDataset(values, values), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(),
            Epochs = 1,
            TruncateAfter = 7,
        });
        fit.Should().Throw<ArgumentException>().WithMessage("Fit: TruncateAfter 7 would cut*reads them from their ends*");
    }

    public static TheoryData<string> Stacks => ["residual", "nested", "gathering", "two"];

    /// <summary>PyTorch's module of two directions holds one recurrent layer; whatever else has weights is named by its place.</summary>
    [Theory]
    [MemberData(nameof(Stacks))]
    public void SaveAndLoad_AnyLayersInside_KeepAllWeights(string stack)
    {
        SequenceModel Model(int seed) => SequenceModel.Create(2).Bidirectional(layer => _ = stack switch
        {
            "residual" => layer.Lstm(3).Residual(inner => inner.Dense(3)),
            "nested" => layer.Lstm(3).Bidirectional(inner => inner.Gru(2).Dense(2)),
            "gathering" => layer.Lstm(3).Dropout(0.5f).TakeLast(),
            _ => layer.Gru(3).Lstm(2).LayerNorm(),
        }).Dense(2).Build(seed);
        SequenceModel model = Model(seed: 1), other = Model(seed: 2);
        using MemoryStream file = new(), weights = new();
        model.Save(file);
        model.SaveStateDict(weights);
        file.Position = weights.Position = 0;

        SequenceModel loaded = SequenceModel.Load(file);
        other.LoadStateDict(weights);

        foreach (Parameter parameter in model.Parameters)
        {
            loaded.Parameters[parameter.Name].Values.ShouldHaveTheBitsOf(parameter.Values, "{0} of the model", parameter.Name);
            other.Parameters[parameter.Name].Values.ShouldHaveTheBitsOf(parameter.Values, "{0} of the weights", parameter.Name);
        }
    }

    [Fact]
    public void SaveStateDict_DirectionsThatNoModuleStacks_AreRefusedUnderOneName()
    {
        SequenceModel[] models =
        [
            SequenceModel.Create(2).Bidirectional(x => x.Lstm(3), BidirectionalMerge.Sum).Bidirectional(x => x.Lstm(3), BidirectionalMerge.Sum).Build(),
            SequenceModel.Create(2).Bidirectional(x => x.Lstm(3).TakeLast()).Bidirectional(x => x.Lstm(3)).Build(),
        ];
        models.Should().AllSatisfy(model => model.Invoking(it => it.SaveStateDict(new MemoryStream(), ["rnn", "rnn"]))
            .Should().Throw<ArgumentException>().WithMessage("*modules may repeat a name only*"));
    }

    [Fact]
    public void Bidirectional_DirectionsOfOtherActivations_AreRefused()
    {
        int n = 0;
        Action add = () => SequenceModel.Create(2).Bidirectional(x => x.VanillaRnn(3, n++ == 0 ? Activation.Tanh : Activation.Relu));
        add.Should().Throw<ArgumentException>().WithMessage("*but added VanillaRnnCell(2 => 3, 18 parameters), then VanillaRnnCell(2 => 3, Relu, 18*");
        Action reset = () => SequenceModel.Create(2).Bidirectional(x => x.Gru(3, n++ % 2 == 0 ? GruReset.AfterProduct : GruReset.BeforeProduct));
        reset.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Summary_LayersInside_TakeWhatEntersTheirDirection() => SequenceModel.Create(3).Bidirectional(x => x.Lstm(4).TakeLast()).Build()
        .Summary().Split('\n').Where(line => line.Contains("LstmCell", StringComparison.Ordinal)).Should().HaveCount(2)
        .And.OnlyContain(line => line.Contains("[T, B, 4]", StringComparison.Ordinal));

    [Fact]
    public void Flatten_InsideBehindOneStep_IsRefused()
    {
        Action add = () => SequenceModel.Create(2).TakeLast().Bidirectional(x => x.Lstm(2).Flatten(3));
        add.Should().Throw<ArgumentException>().WithMessage("Flatten(3 × 2): sequenceLength must be 1*");
    }

    [Fact]
    public void PredictForwardAndBackward_Warm_AllocateNothing()
    {
        SequenceModel model = SequenceModel.Create(3).Bidirectional(x => x.Lstm(5).Bidirectional(y => y.Gru(4))).Bidirectional(x => x.Lstm(2).TakeLast())
            .Build();
        model.MaxDegreeOfParallelism = 1;
        float[] input = new float[6 * 2 * 3], output = new float[2 * 4];
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        void Run()
        {
            model.Predict(new ReadOnlyTensorSpan<float>(input, [6, 2, 3]), new TensorSpan<float>(output, [1, 2, 4]));
            pass.Forward(new ReadOnlyTensorSpan<float>(input, [6, 2, 3]));
            pass.Backward(new ReadOnlyTensorSpan<float>(output, [1, 2, 4]), gradients);
        }

        Run();
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void Fit_TwoDirections_Learn()
    {
        SequenceModel model = SequenceModel.Create(1).Bidirectional(layer => layer.Lstm(6).TakeLast()).Dense(1).Build(seed: 3);
        SequenceDataset data = TrainingScene.Means(40);
        float before = model.Evaluate(data, Loss.MeanSquaredError).Loss;
        model.Fit(data, new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam(0.02f), Epochs = 30, BatchSize = 10 });
        model.Evaluate(data, Loss.MeanSquaredError).Loss.Should().BeLessThan(before / 4);
    }
}
