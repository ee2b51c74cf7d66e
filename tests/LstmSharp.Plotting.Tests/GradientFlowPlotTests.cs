using System.Numerics.Tensors;
using ScottPlot;
using ScottPlot.Plottables;

namespace LstmSharp.Plotting.Tests;

public sealed class GradientFlowPlotTests
{
    [Fact]
    public void Of_OneLayer_ShowsNormsAndSaturationOnTheirAxes()
    {
        GradientFlow flow = Measure(SequenceModel.Create(1).Lstm(5).Build(seed: 1), length: 20);

        Plot plot = GradientFlowPlot.Of(flow);

        plot.ShouldBeAPicture().CountOf(plot, Color.FromHex("#0072B2")).Should().BePositive();
        Names(plot).Should().Equal("∂L/∂h", "∂L/∂c", "saturated gates");
        plot.Axes.Title.Label.Text.Should().Be("Gradient flow: layer 0, LstmCell(1 => 5)");
        Heights(plot, "∂L/∂h").Should().Equal(flow.Layers[0].HiddenNorms.Select(Math.Log10));
        Heights(plot, "∂L/∂c").Should().Equal(flow.Layers[0].CellNorms.Select(norm => norm > 0 ? Math.Log10(norm) : double.NaN));
        Heights(plot, "saturated gates").Should().Equal(flow.Layers[0].SaturatedShares.Select(share => 100 * share));
        Line(plot, "saturated gates").Axes.YAxis.Should().BeSameAs(plot.Axes.Right);
        plot.Axes.Right.Label.Text.Should().Be("saturated (%)");
        (plot.Axes.Right.Min, plot.Axes.Right.Max).Should().Be((0, 100));
        double lowest = flow.Layers[0].HiddenNorms.Min();
        plot.Axes.Left.Min.Should().BeLessThanOrEqualTo(Math.Log10(lowest));
    }

    [Fact]
    public void Of_ExponentialVanishing_IsAStraightLineWithPowersOfTen()
    {
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(1, Activation.Identity).TakeLast().Build();
        model.Parameters["0.RecurrentWeights"].Edit(values => values[0] = 0.1f);

        Plot plot = GradientFlowPlot.Of(Measure(model, length: 15));

        plot.ShouldBeAPicture();
        double[] heights = Heights(plot, "∂L/∂h");
        for (int lag = 0; lag < 15; lag++)
        {
            heights[lag].Should().BeApproximately(-lag, 1e-5);
        }

        plot.Axes.Left.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label)
            .Should().EndWith(["1e-6", "1e-4", "1e-2", "1"]);
    }

    [Fact]
    public void Of_SeveralLayers_NamesThem()
    {
        Plot plot = GradientFlowPlot.Of(Measure(SequenceModel.Create(1).VanillaRnn(3).Lstm(4).TakeLast().Lstm(2).Build(), length: 9));

        plot.ShouldBeAPicture();
        Names(plot).Should().Equal(
            "layer 0: ∂L/∂h", "layer 1: ∂L/∂h", "layer 1: ∂L/∂c", "layer 3: ∂L/∂h", "layer 3: ∂L/∂c",
            "dotted: saturated");
        Heights(plot, "layer 3: ∂L/∂h").Should().ContainSingle();
    }

    [Fact]
    public void Compare_RelativeToALag_MakesItOne()
    {
        LayerGradientFlow lstm = Measure(SequenceModel.Create(1).Lstm(5).Build(seed: 1), length: 20).Layers[0];
        LayerGradientFlow rnn = Measure(SequenceModel.Create(1).VanillaRnn(5).Build(seed: 1), length: 15).Layers[0];

        Plot plot = GradientFlowPlot.Compare([("LSTM", lstm), ("RNN", rnn)], relativeToLag: 3);

        plot.ShouldBeAPicture();
        Names(plot).Should().Equal("LSTM: ∂L/∂h", "LSTM: ∂L/∂c", "RNN: ∂L/∂h");
        Heights(plot, "RNN: ∂L/∂h").Should().Equal(rnn.HiddenNorms.Select(norm => Math.Log10(norm / rnn.HiddenNorms[3])));
        Heights(plot, "LSTM: ∂L/∂c")[3].Should().Be(0);
        plot.Axes.Left.Label.Text.Should().Be("norm of the gradient, relative to lag 3");
        plot.Axes.Bottom.Max.Should().Be(19.5);
    }

    [Fact]
    public void Compare_WhatDoesNotFit_Throws()
    {
        LayerGradientFlow layer = Measure(SequenceModel.Create(1).VanillaRnn(2).Build(), length: 4).Layers[0];

        FluentActions.Invoking(() => GradientFlowPlot.Compare([("RNN", layer)], relativeToLag: 4)).Should().Throw<ArgumentException>()
            .WithMessage("GradientFlowPlot: relativeToLag must be a lag of every layer, but 4 is none of 'RNN', which saw 4 steps.*");
        FluentActions.Invoking(() => GradientFlowPlot.Compare([("RNN", layer)], relativeToLag: -1))
            .Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => GradientFlowPlot.Compare([])).Should().Throw<ArgumentException>().WithMessage("*there is none*");
        FluentActions.Invoking(() => GradientFlowPlot.Of(Measure(SequenceModel.Create(1).Dense(2).Build(), 3)))
            .Should().Throw<ArgumentException>().WithMessage("*there is none*");
        FluentActions.Invoking(() => GradientFlowPlot.Of(null!)).Should().Throw<ArgumentNullException>();
    }

    private static GradientFlow Measure(SequenceModel model, int length)
    {
        Tensor<float> input = Tensor.Create(Enumerable.Range(0, length).Select(n => MathF.Sin(n)).ToArray(), [length, 1, 1]);
        Tensor<float> gradient = Tensor.CreateFromShape<float>([model.OutputLength(length), 1, model.OutputSize]);
        for (int n = 0; n < model.OutputSize; n++)
        {
            gradient[^1, 0, n] = 1;
        }

        return GradientFlow.Measure(model, input, gradient);
    }

    private static Scatter Line(Plot plot, string name) => plot.GetPlottables<Scatter>().Single(line => line.LegendText == name);

    private static double[] Heights(Plot plot, string name) => [.. Line(plot, name).Data.GetScatterPoints().Select(point => point.Y)];

    private static IEnumerable<string> Names(Plot plot) => plot.Legend.GetItems().Select(item => item.LabelText);
}
