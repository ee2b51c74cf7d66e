using System.Numerics.Tensors;
using ScottPlot;
using ScottPlot.Plottables;

namespace LstmSharp.Plotting.Tests;

public sealed class LossPlotTests
{
    private static readonly Color Training = Color.FromHex("#0072B2");
    private static readonly Color Validation = Color.FromHex("#D55E00");

    [Fact]
    public void Of_LossesOfTheSameSize_AreDrawnAsTheyAre()
    {
        Plot plot = LossPlot.Of([Epoch(1, 4, 5), Epoch(2, 2, 3), Epoch(3, 1, 4)]);

        plot.ShouldBeAPicture().CountOf(plot, Training).Should().BePositive();
        Points(plot, "training").Should().Equal(new Coordinates(1, 4), new Coordinates(2, 2), new Coordinates(3, 1));
        Points(plot, "validation").Should().Equal(new Coordinates(1, 5), new Coordinates(2, 3), new Coordinates(3, 4));
        plot.Axes.Left.Label.Text.Should().Be("loss");
        Marker best = plot.GetPlottables<Marker>().Single();
        (best.X, best.Y, best.LegendText).Should().Be((2, 3, "best: epoch 2"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(true)]
    public void Of_LossesOverDecades_AreDrawnByTheirLogarithms(bool? logarithmic)
    {
        Plot plot = LossPlot.Of([Epoch(1, 100, null), Epoch(2, 1, null), Epoch(3, 0.01f, null)], logarithmic);

        plot.ShouldBeAPicture().CountOf(plot, Validation).Should().Be(0, "there is no validation");
        Points(plot, "training").Select(point => Math.Round(point.Y, 6)).Should().Equal(2, 0, -2);
        plot.Axes.Left.Label.Text.Should().Be("loss (logarithmic)");
        plot.Axes.Left.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label)
            .Should().Equal("0.01", "0.1", "1", "10", "100");
        plot.GetPlottables<Marker>().Single().X.Should().Be(3);
    }

    [Fact]
    public void Of_LinearAxisAskedFor_IsLinear() =>
        Points(LossPlot.Of([Epoch(1, 100, null), Epoch(2, 0.01f, null)], logarithmic: false), "training")[0].Y.Should().Be(100);

    [Fact]
    public void Of_ZeroOrNaN_IsLeftOutAndNotTheBest()
    {
        Plot plot = LossPlot.Of([Epoch(1, 100, 1), Epoch(2, 1, float.NaN), Epoch(3, 0, 0)], logarithmic: true);

        plot.ShouldBeAPicture();
        Points(plot, "training")[2].Y.Should().Be(double.NaN);
        Points(plot, "validation")[1].Y.Should().Be(double.NaN);
        plot.GetPlottables<Marker>().Single(mark => mark.LegendText.StartsWith("best", StringComparison.Ordinal)).X.Should().Be(1);
    }

    [Fact]
    public void Of_RunsOneAfterTheOther_CountsTheirEpochsOn()
    {
        Plot plot = LossPlot.Of([Epoch(1, 4, 4), Epoch(2, 3, 3), Epoch(1, 2, 1), Epoch(2, 1, 2)]);

        plot.ShouldBeAPicture();
        Points(plot, "training").Select(point => point.X).Should().Equal(1, 2, 3, 4);
        plot.GetPlottables<Marker>().Single().X.Should().Be(3);
    }

    [Fact]
    public void Of_RunsWithAndWithoutValidation_MarksTheLowestValidationLoss() =>
        LossPlot.Of([Epoch(1, 0.1f, null), Epoch(2, 3, 2), Epoch(3, 2, 1)]).GetPlottables<Marker>()
            .Single(mark => mark.LegendText.StartsWith("best", StringComparison.Ordinal)).X.Should().Be(3);

    [Fact]
    public void Of_OneEpoch_IsMarked() =>
        LossPlot.Of([Epoch(1, 0.5f, null)]).Invoking(plot => plot.ShouldBeAPicture().CountOf(plot, Training).Should().BePositive())
            .Should().NotThrow();

    [Fact]
    public void Of_TrainingResult_MarksItsBestEpoch()
    {
        Tensor<float> inputs = Tensor.Create(Enumerable.Range(0, 40).Select(n => MathF.Sin(n)).ToArray(), [5, 8, 1]);
        Tensor<float> targets = Tensor.Create(Enumerable.Range(0, 8).Select(n => MathF.Cos(n)).ToArray(), [8, 1]);
        var data = new SequenceDataset(inputs, targets);
        SequenceModel model = SequenceModel.Create(1).Lstm(3).TakeLast().Dense(1).Build(seed: 1);
        TrainingResult result = model.Fit(data, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(0.05f),
            Epochs = 7,
            Validation = data,
        });

        Plot plot = LossPlot.Of(result);

        plot.ShouldBeAPicture();
        plot.GetPlottables<Marker>().Single().X.Should().Be(result.BestEpoch);
        Points(plot, "training").Should().HaveCount(7);
    }

    [Fact]
    public void Of_NoEpoch_Throws()
    {
        FluentActions.Invoking(() => LossPlot.Of([])).Should().Throw<ArgumentException>()
            .WithMessage("LossPlot: history must have at least one finished epoch, but has none.*");
        FluentActions.Invoking(() => LossPlot.Of((TrainingResult)null!)).Should().Throw<ArgumentNullException>();
    }

    private static Coordinates[] Points(Plot plot, string name) =>
        [.. plot.GetPlottables<Scatter>().Single(line => line.LegendText == name).Data.GetScatterPoints()];

    private static EpochSummary Epoch(int epoch, float training, float? validation) =>
        new(epoch, training, validation, 1, 1, 1e-3f, TimeSpan.FromSeconds(1));
}
