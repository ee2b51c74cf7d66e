using System.Numerics.Tensors;
using LstmSharp.Tests.Models;

namespace LstmSharp.Tests.Diagnostics;

public sealed class GradientFlowTests
{
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Measure_RandomModel_MatchesTheReference(int seed)
    {
        var random = new Random(seed);
        int length = RandomModels.Length(random);
        ModelRun run = ModelRun.Draw(RandomModels.DrawStraight(random, length), length, RandomModels.BatchSize(random), random);

        GradientFlow flow = Measure(run);

        flow.Layers.Should().HaveCount(run.InitialState.Count);
        foreach (LayerGradientFlow layer in flow.Layers)
        {
            var oracle = new ReferenceGradientFlow(run, layer.LayerIndex);
            layer.SequenceLength.Should().Be(oracle.Length);
            for (int lag = 0; lag < oracle.Length; lag++)
            {
                ShouldBeClose(layer.HiddenNorms[lag], oracle.HiddenNorm(lag), oracle.HiddenNorm(0));
                if (layer.HasCell)
                {
                    ShouldBeClose(layer.CellNorms[lag], oracle.CellNorm(lag), oracle.HiddenNorm(0));
                }
            }
        }
    }

    [Fact]
    public void Measure_Lstm_MatchesCentralDifferencesOfTheStateAfterEachStep()
    {
        const int Length = 7, Rows = 2, Size = 3, Hidden = 4;
        ModelRun run = ModelRun.Draw(SequenceModel.Create(Size).Lstm(Hidden).Build(seed: 8), Length, Rows, new Random(9));
        var lstm = (ReferenceLstm)ModelRun.Reference(run.Model.Layers[0]);
        double[] input = RandomValues.ToDoubles(run.Input), weight = RandomValues.ToDoubles(run.OutputGradient);
        double[][] state = [.. run.InitialState[0].Parts.Select(part => RandomValues.ToDoubles(part.Values))];

        LayerGradientFlow flow = Measure(run).Layers[0];

        for (int t = 0; t < Length; t++)
        {
            state = lstm.Forward(Steps(input, t..(t + 1), Rows, Size), state).FinalState;
            ReferenceSequence rest = Steps(input, (t + 1)..Length, Rows, Size);
            double Loss() => Dot(state[0], Steps(weight, t..(t + 1), Rows, Hidden).Values)
                + Dot(lstm.Forward(rest, state).Output.Values, Steps(weight, (t + 1)..Length, Rows, Hidden).Values);
            int lag = Length - 1 - t;
            flow.HiddenNorms[lag].Should().BeApproximately(Norm(CentralDifferences.Gradient(Loss, state[0])), 1e-5);
            flow.CellNorms[lag].Should().BeApproximately(Norm(CentralDifferences.Gradient(Loss, state[1])), 1e-5);
        }
    }

    [Fact]
    public void Measure_HalvingRnn_HalvesTheNormUntilTheKernelsRoundItAway()
    {
        const int Length = 120;
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(1, Activation.Identity).Build();
        model.Parameters["0.RecurrentWeights"].Edit(values => values[0] = 0.5f);
        Tensor<float> gradient = Tensor.CreateFromShape<float>([Length, 1, 1]);
        gradient[Length - 1, 0, 0] = 1;

        IReadOnlyList<double> norms = GradientFlow.Measure(model, Tensor.CreateFromShape<float>([Length, 1, 1]), gradient).Layers[0].HiddenNorms;

        for (int lag = 0; lag <= 70; lag++)
        {
            norms[lag].Should().BeApproximately(Math.Pow(2, -lag), 1e-6 * Math.Pow(2, -lag));
        }

        norms.Skip(100).Should().OnlyContain(norm => norm < 1e-28);
    }

    [Fact]
    public void MeasureGradientFlow_LossOfValuesOrClasses_IsTheGradientOfThatLoss()
    {
        var random = new Random(3);
        SequenceModel model = SequenceModel.Create(2).Lstm(6).VanillaRnn(5).TakeLast().Dense(3).Build(seed: 4);
        Tensor<float> inputs = Tensor.Create(RandomValues.Uniform(random, 8 * 4 * 2), [8, 4, 2]);
        Tensor<float> values = Tensor.Create(RandomValues.Uniform(random, 4 * 3), [4, 3]);
        Tensor<int> classes = Tensor.Create([2, 0, Loss.IgnoredTarget, 1], [4]);
        float[] output = [.. model.Predict(inputs)], ofValues = new float[output.Length], ofClasses = new float[output.Length];
        Loss.Huber().Evaluate(output, [.. values], ofValues);
        Loss.CrossEntropy.Evaluate(output, [.. classes], ofClasses);

        ShouldBeEqual(
            model.MeasureGradientFlow(new SequenceDataset(inputs, values), Loss.Huber()),
            GradientFlow.Measure(model, inputs, Tensor.Create(ofValues, [1, 4, 3])));
        ShouldBeEqual(
            model.MeasureGradientFlow(new SequenceDataset(inputs, classes), Loss.CrossEntropy, saturation: 0.2f),
            GradientFlow.Measure(model, inputs, Tensor.Create(ofClasses, [1, 4, 3]), saturation: 0.2f));
    }

    [Fact]
    public void Measure_ModelInUse_LeavesWeightsAlone()
    {
        ModelRun run = ModelRun.Draw(SequenceModel.Create(2).Lstm(4).Dense(2).Build(seed: 1), 5, 3, new Random(2));
        long version = run.Model.Parameters.Version;

        Measure(run);

        run.Model.Parameters.Version.Should().Be(version);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(3, 0)]
    public void Measure_NothingToSee_HasNoNorms(int length, int batchSize)
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(2).Build();
        Tensor<float> input = Tensor.CreateFromShape<float>([length, batchSize, 1]);
        Tensor<float> gradient = Tensor.CreateFromShape<float>([length, batchSize, 2]);

        LayerGradientFlow layer = GradientFlow.Measure(model, input, gradient).Layers[0];

        layer.HiddenNorms.Should().Equal(new double[length]);
        layer.CellNorms.Should().Equal(new double[length]);
        layer.SaturatedShares.Should().Equal(new double[length]);
    }

    [Fact]
    public void Measure_WhatDoesNotFit_Throws()
    {
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(2).TakeLast().Build();
        Tensor<float> input = Tensor.CreateFromShape<float>([4, 3, 1]), gradient = Tensor.CreateFromShape<float>([1, 3, 2]);
        LayerGradientFlow layer = GradientFlow.Measure(model, input, gradient).Layers[0];

        layer.Invoking(it => it.CellNorms).Should().Throw<InvalidOperationException>().WithMessage("*layer 0, *has no memory cell*");
        layer.Invoking(it => it.SaturatedSharesOf(LstmGate.Input)).Should().Throw<InvalidOperationException>().WithMessage("*has no gates*");
        layer.Invoking(it => it.SaturatedSharesOf("Reset")).Should().Throw<KeyNotFoundException>()
            .WithMessage("LayerGradientFlow: layer 0, *, has no gate 'Reset'; it has none at all.");
        FluentActions.Invoking(() => GradientFlow.Measure(model, input, Tensor.CreateFromShape<float>([4, 3, 2])))
            .Should().Throw<ArgumentException>()
            .WithMessage("GradientFlow: outputGradient must have shape [1, 3, 2], but has [4, 3, 2]. (Parameter 'outputGradient')");
        FluentActions.Invoking(() => GradientFlow.Measure(model, input, gradient, model.CreateState(2))).Should().Throw<ArgumentException>()
            .WithMessage("*initialState*");
        FluentActions.Invoking(() => model.MeasureGradientFlow(new SequenceDataset(input, gradient), Loss.CrossEntropy))
            .Should().Throw<ArgumentException>().WithMessage("MeasureGradientFlow: data must have class targets*");
        foreach (float saturation in new[] { 0, 0.5f, -1, float.NaN })
        {
            FluentActions.Invoking(() => GradientFlow.Measure(model, input, gradient, saturation: saturation))
                .Should().Throw<ArgumentOutOfRangeException>();
        }
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    private static GradientFlow Measure(ModelRun run) => GradientFlow.Measure(
        run.Model,
        run.ToInput(),
        new ReadOnlyTensorSpan<float>(run.OutputGradient, [run.Model.OutputLength(run.Length), run.BatchSize, run.Model.OutputSize]),
        run.InitialState);

    private static void ShouldBeEqual(GradientFlow actual, GradientFlow expected)
    {
        for (int n = 0; n < expected.Layers.Count; n++)
        {
            actual.Layers[n].HiddenNorms.Should().Equal(expected.Layers[n].HiddenNorms).And.OnlyContain(norm => norm > 0);
            actual.Layers[n].SaturatedShares.Should().Equal(expected.Layers[n].SaturatedShares);
        }
    }

    private static void ShouldBeClose(double actual, double expected, double scale) =>
        actual.Should().BeApproximately(expected, 3e-5 * (expected + scale));

    private static ReferenceSequence Steps(double[] values, Range steps, int rows, int size)
    {
        int stepSize = rows * size, length = steps.End.Value - steps.Start.Value;
        return new ReferenceSequence(length, rows, size, values[(steps.Start.Value * stepSize)..(steps.End.Value * stepSize)]);
    }

    private static double Dot(double[] some, double[] others) => some.Zip(others, (one, other) => one * other).Sum();

    private static double Norm(double[] values) => Math.Sqrt(Dot(values, values));
}
