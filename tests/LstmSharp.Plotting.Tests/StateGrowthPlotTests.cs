using System.Numerics.Tensors;
using ScottPlot;
using ScottPlot.Plottables;

namespace LstmSharp.Plotting.Tests;

public sealed class StateGrowthPlotTests
{
    [Fact]
    public void Of_ExponentialGrowth_IsAStraightLineUpwards()
    {
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(1, Activation.Identity).Build();
        model.Parameters["0.InputWeights"].Edit(values => values[0] = 1);
        model.Parameters["0.RecurrentWeights"].Edit(values => values[0] = 10);

        Plot plot = StateGrowthPlot.Of(GateTrace.Record(model, Impulse(length: 45)));

        plot.ShouldBeAPicture().CountOf(plot, Color.FromHex("#0072B2")).Should().BePositive();
        Names(plot).Should().Equal("|h|");
        double[] heights = Heights(plot, "|h|");
        for (int t = 0; t < 38; t++)
        {
            heights[t].Should().BeApproximately(t, 1e-5);
        }

        heights[^1].Should().Be(double.NaN, "infinity is not drawn");
        plot.Axes.Left.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label)
            .Should().Equal("1", "1e6", "1e12", "1e18", "1e24", "1e30", "1e36", "1e42");
    }

    [Fact]
    public void Of_SeveralLayers_NamesThemAndTheirCells()
    {
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(3).Lstm(4).Build(seed: 1);
        GateTrace trace = GateTrace.Record(model, Impulse(length: 9));

        Plot plot = StateGrowthPlot.Of(trace);

        plot.ShouldBeAPicture();
        Names(plot).Should().Equal("layer 0: |h|", "layer 1: |h|", "layer 1: |c|");
        Heights(plot, "layer 1: |c|").Should().Equal(trace.Layers[1].LargestCell().Select(value => Math.Log10(value)));
        plot.Axes.Bottom.Label.Text.Should().Be("time step");
    }

    [Fact]
    public void Compare_LayersOfDifferentLength_ShowsAllOfThem()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(2).Build();
        LayerTrace five = GateTrace.Record(model, Impulse(length: 5)).Layers[0], nine = GateTrace.Record(model, Impulse(length: 9)).Layers[0];

        Plot plot = StateGrowthPlot.Compare([("five", five), ("nine", nine)]);

        plot.ShouldBeAPicture();
        Heights(plot, "five: |h|").Should().HaveCount(5);
        plot.Axes.Bottom.Max.Should().Be(8.5);
    }

    [Fact]
    public void Compare_NothingToDraw_Throws()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(2).Build();
        GateTrace empty = GateTrace.Record(model, Tensor.CreateFromShape<float>([0, 1, 1]));

        FluentActions.Invoking(() => StateGrowthPlot.Of(empty)).Should().Throw<ArgumentException>()
            .WithMessage("StateGrowthPlot: there must be a recurrent layer that saw a step, but there is none.");
        FluentActions.Invoking(() => StateGrowthPlot.Compare([])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => StateGrowthPlot.Compare([("none", null!)])).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => StateGrowthPlot.Of(null!)).Should().Throw<ArgumentNullException>();
    }

    private static Tensor<float> Impulse(int length)
    {
        Tensor<float> input = Tensor.CreateFromShape<float>([length, 1, 1]);
        input[0, 0, 0] = 1;
        return input;
    }

    private static double[] Heights(Plot plot, string name) =>
        [.. plot.GetPlottables<Scatter>().Single(line => line.LegendText == name).Data.GetScatterPoints().Select(point => point.Y)];

    private static IEnumerable<string> Names(Plot plot) => plot.Legend.GetItems().Select(item => item.LabelText);
}
