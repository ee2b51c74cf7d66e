using System.Numerics.Tensors;
using ScottPlot;
using ScottPlot.Panels;
using ScottPlot.Plottables;

namespace LstmSharp.Plotting.Tests;

public sealed class GateTelescopeTests
{
    [Theory]
    [InlineData(12, 5)]
    [InlineData(1, 4)]
    [InlineData(9, 1)]
    [InlineData(1, 1)]
    [InlineData(200, 130)]
    public void Of_Lstm_ShowsEveryValueInTheLecturesOrder(int length, int hiddenSize)
    {
        const int Row = 1;
        SequenceModel model = SequenceModel.Create(2).Lstm(hiddenSize).Build(seed: 1);
        Tensor<float> input = RandomInput(length, 3, 2);
        LayerTrace trace = GateTrace.Record(model, input).Layers[0];
        Tensor<float>[] expected =
            [trace[LstmGate.Forget], trace[LstmGate.Input], trace[LstmGate.Update], trace[LstmGate.Output], trace.Cell, trace.Hidden];

        Plot plot = GateTelescope.Of(model, input, row: Row);

        var picture = plot.ShouldBeAPicture();
        Heatmap[] maps = [.. plot.GetPlottables<Heatmap>()];
        maps.Should().HaveCount(6);
        Labels(plot.Axes.Left).Should().Equal("forget f", "input i", "update u", "output o", "cell c", "hidden h");
        for (int n = 0; n < maps.Length; n++)
        {
            foreach ((int t, int unit) in new[] { (0, 0), (length - 1, 0), (0, hiddenSize - 1), (length / 2, hiddenSize / 2) })
            {
                maps[n].Intensities[unit, t].Should().Be(expected[n][t, Row, unit]);
            }
        }

        if (length * hiddenSize < 100)
        {
            ShouldHaveTheColoursOfItsValues(plot, picture, maps, length, hiddenSize);
        }
    }

    [Theory]
    [InlineData(GruReset.AfterProduct)]
    [InlineData(GruReset.BeforeProduct)]
    public void Of_Gru_ShowsItsGatesTheCandidateAndTheState(GruReset reset)
    {
        SequenceModel model = SequenceModel.Create(2).Gru(5, reset).Build(seed: 1);
        Tensor<float> input = RandomInput(12, 3, 2);
        LayerTrace trace = GateTrace.Record(model, input).Layers[0];
        Tensor<float>[] expected = [trace[GruGate.Reset], trace[GruGate.Update], trace[GruGate.Candidate], trace.Hidden];

        Plot plot = GateTelescope.Of(model, input, row: 1);

        plot.ShouldBeAPicture();
        Heatmap[] maps = [.. plot.GetPlottables<Heatmap>()];
        maps.Should().HaveCount(4);
        Labels(plot.Axes.Left).Should().Equal("reset r", "update z", "candidate n", "hidden h");
        for (int n = 0; n < maps.Length; n++)
        {
            maps[n].Intensities[3, 7].Should().Be(expected[n][7, 1, 3]);
        }
    }

    [Fact]
    public void Of_RowOfItsOwnLength_IsDrawnAsFarAsItGoes()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).Build(seed: 1);
        Tensor<float> values = RandomInput(9, 3, 2);
        int[] lengths = [9, 4, 0];
        Tensor<float> forget = GateTrace.Record(model, values).Layers[0][LstmGate.Forget];

        Plot plot = GateTelescope.Of(model, new SequenceInput(values, lengths), row: 1);

        plot.ShouldBeAPicture();
        plot.Axes.GetLimits().Right.Should().Be(3.5);
        double[,] drawn = plot.GetPlottables<Heatmap>().First().Intensities;
        drawn.GetLength(1).Should().Be(4);
        drawn[2, 3].Should().Be(forget[3, 1, 2]);
        FluentActions.Invoking(() => GateTelescope.Of(model, new SequenceInput(values, lengths), row: 2)).Should().Throw<ArgumentException>()
            .WithMessage("GateTelescope: the trace must have at least one time step of row 2, but has none.*");
    }

    [Fact]
    public void Of_MemoryCellBeyondOne_HasItsOwnScale()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(2).Build(seed: 1);
        var cell = (LstmCell)((RecurrentLayer)model.Layers[0]).Cell;
        cell.ForgetGate.EditBias(bias => bias.Fill(20));
        cell.InputGate.EditBias(bias => bias.Fill(20));
        cell.UpdateGate.EditBias(bias => bias.Fill(20));

        Plot plot = GateTelescope.Of(model, Tensor.CreateFromShape<float>([34, 1, 1]));

        plot.ShouldBeAPicture();
        ColorBar[] bars = [.. plot.Axes.GetPanels().OfType<ColorBar>()];
        bars.Select(bar => bar.Label).Should().Equal("f, i, o", "u, h", "c");
        Labels(bars[2].Axis).Should().Equal("-34", "0", "34");
    }

    [Fact]
    public void Of_MemoryCellWithinOne_SharesTheScaleOfUpdateAndHiddenState()
    {
        Plot plot = GateTelescope.Of(SequenceModel.Create(1).Lstm(2).Build(), RandomInput(3, 1, 1));

        plot.Axes.GetPanels().OfType<ColorBar>().Select(bar => bar.Label).Should().Equal("f, i, o", "u, c, h");
    }

    [Fact]
    public void Of_SecondLayerOfSeveral_IsNamedAndDrawn()
    {
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(3).Dense(2).Lstm(4).Build();
        GateTrace trace = GateTrace.Record(model, RandomInput(6, 1, 1));

        Plot rnn = GateTelescope.Of(trace, layer: 0), lstm = GateTelescope.Of(trace, layer: 1);

        rnn.ShouldBeAPicture();
        rnn.GetPlottables<Heatmap>().Should().ContainSingle();
        rnn.Axes.Title.Label.Text.Should().Be("Gates over time: layer 0, VanillaRnnCell(1 => 3)");
        lstm.Axes.Title.Label.Text.Should().Be("Gates over time: layer 2, LstmCell(2 => 4)");
        lstm.Axes.Left.Label.Text.Should().Be("units 0 (top) to 3 of each");
    }

    [Fact]
    public void Of_WhatIsNotThere_Throws()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(2).Build();
        Tensor<float> input = RandomInput(3, 2, 1);

        FluentActions.Invoking(() => GateTelescope.Of(model, input, layer: 1)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("GateTelescope: layer must be one of the 1 recurrent layers, counted from 0.*");
        FluentActions.Invoking(() => GateTelescope.Of(model, input, row: 2)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("GateTelescope: row must be one of the 2 rows*");
        FluentActions.Invoking(() => GateTelescope.Of(model, Tensor.CreateFromShape<float>([0, 1, 1]))).Should().Throw<ArgumentException>()
            .WithMessage("*at least one time step*");
        FluentActions.Invoking(() => GateTelescope.Of(null!)).Should().Throw<ArgumentNullException>();
    }

    private static void ShouldHaveTheColoursOfItsValues(
        Plot plot, SkiaSharp.SKBitmap picture, Heatmap[] maps, int length, int hiddenSize)
    {
        foreach (Heatmap map in maps)
        {
            CoordinateRect area = map.GetAlignedExtent();
            for (int t = 0; t < length; t++)
            {
                for (int unit = 0; unit < hiddenSize; unit++)
                {
                    Color drawn = picture.At(plot, t, area.Top - (area.Height * (unit + 0.5) / hiddenSize));
                    Color expected = map.Colormap.GetColor(map.Intensities[unit, t], map.ManualRange!.Value);
                    Distance(drawn, expected).Should().BeLessThan(4);
                }
            }
        }
    }

    private static int Distance(Color one, Color other) =>
        Math.Max(Math.Abs(one.R - other.R), Math.Max(Math.Abs(one.G - other.G), Math.Abs(one.B - other.B)));

    private static IEnumerable<string> Labels(IAxis axis) => axis.TickGenerator.Ticks.Select(tick => tick.Label);

    private static Tensor<float> RandomInput(int length, int batchSize, int size) =>
        Tensor.Create(Enumerable.Range(0, length * batchSize * size).Select(n => 2 * MathF.Sin(n * 1.7f)).ToArray(), [length, batchSize, size]);
}
