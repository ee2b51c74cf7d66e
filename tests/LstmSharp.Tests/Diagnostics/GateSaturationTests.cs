using System.Numerics.Tensors;

namespace LstmSharp.Tests.Diagnostics;

public sealed class GateSaturationTests
{
    [Theory]
    [InlineData(0.05f)]
    [InlineData(0.3f)]
    public void SaturatedShares_Lstm_CountTheTracesGatesNearTheirBounds(float margin)
    {
        const int Length = 6, Rows = 3, Hidden = 7;
        SequenceModel model = SequenceModel.Create(2).Lstm(Hidden).Build(seed: 1);
        Tensor<float> input = Tensor.Create(RandomValues.Uniform(new Random(2), Length * Rows * 2, scale: 8), [Length, Rows, 2]);
        LayerTrace trace = GateTrace.Record(model, input).Layers[0];

        LayerGradientFlow flow = Measure(model, input, margin);

        double[] means = new double[Length];
        foreach (LstmGate gate in Enum.GetValues<LstmGate>())
        {
            for (int lag = 0; lag < Length; lag++)
            {
                int saturated = 0;
                for (int n = 0; n < Rows * Hidden; n++)
                {
                    double value = trace[gate][Length - 1 - lag, n / Hidden, n % Hidden];
                    double share = gate == LstmGate.Update ? (value + 1) / 2 : value;       // where in its range, from 0 to 1
                    saturated += Math.Min(share, 1 - share) < margin ? 1 : 0;
                }

                double expected = (double)saturated / (Rows * Hidden);
                flow.SaturatedSharesOf(gate)[lag].Should().BeApproximately(expected, 1e-12);
                flow.SaturatedSharesOf(gate.ToString())[lag].Should().Be(flow.SaturatedSharesOf(gate)[lag]);
                means[lag] += expected / 4;
            }
        }

        means.Max().Should().BeInRange(0.1, 0.99, "some are saturated, and some are not");
        for (int lag = 0; lag < Length; lag++)
        {
            flow.SaturatedShares[lag].Should().BeApproximately(means[lag], 1e-12);
        }
    }

    [Fact]
    public void SaturatedShares_ForgetGateHeldOpen_IsSaturatedAlone()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(4).Build(seed: 1);
        ((LstmCell)((RecurrentLayer)model.Layers[0]).Cell).ForgetGate.EditBias(bias => bias.Fill(10));

        LayerGradientFlow flow = Measure(model, Tensor.CreateFromShape<float>([3, 2, 1]), 0.05f);

        flow.SaturatedSharesOf(LstmGate.Forget).Should().OnlyContain(share => share == 1);
        flow.SaturatedSharesOf(LstmGate.Output).Should().OnlyContain(share => share == 0);
        flow.SaturatedShares.Should().OnlyContain(share => share == 0.25);
    }

    [Theory]
    [InlineData(Activation.Tanh, 1.4f, 0)]
    [InlineData(Activation.Tanh, 1.5f, 1)]
    [InlineData(Activation.Tanh, -1.5f, 1)]
    [InlineData(Activation.Sigmoid, 2.9f, 0)]
    [InlineData(Activation.Sigmoid, 3, 1)]
    [InlineData(Activation.Sigmoid, -3, 1)]
    [InlineData(Activation.Relu, 1000, 0)]
    [InlineData(Activation.Relu, -0.1f, 1)]
    [InlineData(Activation.Identity, 1000, 0)]
    public void SaturatedShares_VanillaRnn_FollowItsActivation(Activation activation, float sum, double expected)
    {
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(2, activation).Build();
        model.Parameters["0.Bias"].Edit(values => values.Fill(sum));

        Measure(model, Tensor.CreateFromShape<float>([1, 1, 1]), 0.05f).SaturatedShares.Should().Equal(expected);
    }

    [Fact]
    public void SaturatedShares_VanillaRnnWithZoneout_AreOfWhatTheCellGave()
    {
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(2, regularization: new() { Zoneout = 0.5f }).Build();
        model.Parameters["0.Bias"].Edit(values => values.Fill(2));

        Measure(model, Tensor.CreateFromShape<float>([1, 1, 1]), 0.05f).SaturatedShares.Should().Equal(1);
        GateTrace.Record(model, Tensor.CreateFromShape<float>([1, 1, 1])).Layers[0].Hidden[0, 0, 0].Should().BeApproximately(0.482f, 0.001f);
    }

    private static LayerGradientFlow Measure(SequenceModel model, Tensor<float> input, float margin) => GradientFlow.Measure(
        model,
        input,
        Tensor.CreateFromShape<float>([input.Lengths[0], input.Lengths[1], model.OutputSize]),
        saturation: margin).Layers[0];
}
