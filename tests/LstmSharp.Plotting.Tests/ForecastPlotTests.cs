using System.Globalization;
using System.Numerics.Tensors;
using ScottPlot;
using ScottPlot.Plottables;

namespace LstmSharp.Plotting.Tests;

public sealed class ForecastPlotTests
{
    private static readonly float[] Truth = [1, 2, 3, 4, 5, 6];
    private static readonly Color First = Color.FromHex("#0072B2");
    private static readonly Color Second = Color.FromHex("#D55E00");

    [Fact]
    public void Of_ForecastWithBand_BeginsAtItsStepAndLiesInItsBand()
    {
        Plot plot = ForecastPlot.Of(Truth, [5, 6, 7, 8], lower: [4, 5, 5, 6], upper: [6, 7, 9, 10], firstStep: 4);

        var picture = plot.ShouldBeAPicture();
        picture.CountOf(plot, Color.FromHex("#8C8C8C")).Should().BePositive();
        picture.CountOf(plot, First).Should().BePositive();
        Points(plot, "truth").Should().Equal(Truth.Select((value, t) => new Coordinates(t, value)));
        Points(plot, "forecast").Should().Equal(new(4, 5), new(5, 6), new(6, 7), new(7, 8));
        picture.At(plot, 6.5, 9).Should().NotBe(Colors.White, "the band is there");
        picture.At(plot, 6.5, 3).Should().NotBe(picture.At(plot, 6.5, 9), "and ends");
        plot.Axes.Bottom.Label.Text.Should().Be("time step");
        Names(plot).Should().Equal("forecast: band", "truth", "forecast");
    }

    [Fact]
    public void Of_Tensors_AreTakenRowMajor()
    {
        Tensor<float> truth = Tensor.Create(Truth, [3, 1, 2]);

        Points(ForecastPlot.Of(truth, truth), "forecast").Select(point => point.Y).Should().Equal(1, 2, 3, 4, 5, 6);
    }

    [Fact]
    public void Of_SeveralForecastsWithDates_AreDrawnAtTheirDates()
    {
        var start = new DateTime(2015, 3, 1);
        Plot plot = ForecastPlot.Of(
            Truth,
            [
                new ForecastCurve("1 day ahead", Truth.Select(value => value + 1)),
                new ForecastCurve("7 days ahead", [3, 3]) { FirstStep = 6, Lower = [2, 2], Upper = [4, 4], BandName = "80 % band" },
            ],
            start);

        var picture = plot.ShouldBeAPicture();
        picture.CountOf(plot, First).Should().BePositive();
        picture.CountOf(plot, Second).Should().BePositive();
        Names(plot).Should().Equal("7 days ahead: 80 % band", "truth", "1 day ahead", "7 days ahead");
        Points(plot, "7 days ahead").Select(point => DateTime.FromOADate(point.X)).Should().Equal(start.AddDays(6), start.AddDays(7));
        plot.Axes.Bottom.Label.Text.Should().Be("date");
        plot.Axes.Bottom.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label).Should().Contain("3 Mar 2015");
    }

    [Fact]
    public void Of_DatesOfTheirOwn_AreDrawnWhereTheyAre()
    {
        DateTime[] months = [.. Enumerable.Range(0, 8).Select(n => new DateTime(2020, 11, 1).AddMonths(n))];

        Plot plot = ForecastPlot.Of(months, Truth, [7, 8, 9], lower: [6, 7, 8], upper: [8, 9, 10], firstStep: 5);

        var picture = plot.ShouldBeAPicture();
        Points(plot, "truth").Select(point => DateTime.FromOADate(point.X)).Should().Equal(months[..6]);
        Points(plot, "forecast").Select(point => DateTime.FromOADate(point.X)).Should().Equal(months[5..]);
        picture.At(plot, months[6].ToOADate(), 7.5).Should().NotBe(Colors.White, "the band is there");
        plot.Axes.Bottom.Label.Text.Should().Be("date");
        plot.Axes.Bottom.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label).Should().Contain(label => label.EndsWith(" 2021"));
    }

    [Fact]
    public void Of_TradingDays_LeaveTheirWeekendsOut()
    {
        DateTime[] days =
        [
            .. Enumerable.Range(0, 30).Select(n => new DateTime(2024, 5, 6).AddDays(n))
                .Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)),
        ];

        Plot plot = ForecastPlot.Of(days, Truth, [new ForecastCurve("a week ahead", [1, 2]) { FirstStep = 10 }]);

        plot.ShouldBeAPicture();
        Points(plot, "truth").Select(point => DateTime.FromOADate(point.X)).Should().Equal(days[..6]);
        Points(plot, "truth").Select(point => DateTime.FromOADate(point.X)).Last().Should().Be(new DateTime(2024, 5, 13));
        Points(plot, "a week ahead").Select(point => DateTime.FromOADate(point.X)).Should().Equal(days[10..12]);
    }

    [Fact]
    public void Of_DatesThatDoNotFit_Throws()
    {
        var first = new DateTime(2024, 5, 6);
        DateTime[] days = [.. Enumerable.Range(0, 6).Select(n => first.AddDays(n))];

        FluentActions.Invoking(() => ForecastPlot.Of(days, Truth, [1, 2], firstStep: 6)).Should().Throw<ArgumentException>()
            .WithParameterName("dates").WithMessage("*dates must hold 8 dates, one for every step drawn, but holds 6. A forecast beyond*");
        FluentActions.Invoking(() => ForecastPlot.Of(days[..5], Truth, [1f])).Should().Throw<ArgumentException>()
            .WithMessage("*must hold 6 dates*but holds 5.*");
        FluentActions.Invoking(() => ForecastPlot.Of([.. days[..5], days[4]], Truth, [1f])).Should().Throw<ArgumentException>()
            .WithParameterName("dates").WithMessage("*but that of step 5 is 2024-05-10 00:00:00 after 2024-05-10 00:00:00.*");
        FluentActions.Invoking(() => ForecastPlot.Of([DateTime.MinValue, .. days], Truth, [1f])).Should()
            .Throw<ArgumentOutOfRangeException>().WithParameterName("dates").WithMessage("*but that of step 0 is 0001-01-01.*");
        FluentActions.Invoking(() => ForecastPlot.Of((DateTime[])null!, Truth, [1f])).Should().Throw<ArgumentNullException>().WithParameterName("dates");
        FluentActions.Invoking(() => ForecastPlot.Of(days, null!, [1f])).Should().Throw<ArgumentNullException>().WithParameterName("truth");
    }

    [Fact]
    public void Of_Hours_AreHoursApartAndNamed()
    {
        Plot plot = ForecastPlot.Of(Truth, Truth, start: new DateTime(2015, 3, 1), interval: TimeSpan.FromHours(1));

        plot.ShouldBeAPicture();
        Coordinates[] points = Points(plot, "truth");
        ((points[5].X - points[0].X) * 24).Should().BeApproximately(5, 1e-6);
        plot.Axes.Bottom.TickGenerator.Ticks.Select(tick => tick.Label).Should().Contain("1 Mar 01:00");
    }

    [Fact]
    public void Of_NaN_LeavesAGap()
    {
        Plot plot = ForecastPlot.Of([1, float.NaN, 3, 4], [float.PositiveInfinity, 2, 2, 2]);

        plot.ShouldBeAPicture();
        Points(plot, "truth")[1].Y.Should().Be(double.NaN);
        Points(plot, "forecast")[0].Y.Should().Be(double.NaN);
    }

    [Fact]
    public void Of_WhatDoesNotFit_Throws()
    {
        FluentActions.Invoking(() => ForecastPlot.Of(Truth, [1, 2], lower: [1, 2], upper: [1])).Should().Throw<ArgumentException>()
            .WithMessage("ForecastPlot: the band of 'forecast' must have 2 lower and 2 upper values, as the forecast has, but has 2 and 1.*");
        FluentActions.Invoking(() => ForecastPlot.Of(Truth, [1, 2], lower: [1, 2])).Should().Throw<ArgumentException>()
            .WithMessage("*but has 2 and 0.*");
        FluentActions.Invoking(() => ForecastPlot.Of(Truth, [1, 2], lower: [1, 3], upper: [1, 2])).Should().Throw<ArgumentException>()
            .WithMessage("*at its value 1 goes from 3 to 2.*");
        FluentActions.Invoking(() => ForecastPlot.Of(Truth, [1], lower: [float.NaN], upper: [1])).Should().Throw<ArgumentException>()
            .WithMessage("*must be finite*");
        FluentActions.Invoking(() => ForecastPlot.Of([], Array.Empty<float>())).Should().Throw<ArgumentException>().WithMessage("*there are none*");
        FluentActions.Invoking(() => ForecastPlot.Of(Truth, [1], firstStep: -1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => ForecastPlot.Of(Truth, [1], start: DateTime.MinValue, interval: TimeSpan.Zero))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*interval must be at least 1 ms*");
        FluentActions.Invoking(() => ForecastPlot.Of(Truth, [1], start: DateTime.MinValue)).Should().Throw<ArgumentOutOfRangeException>()
            .WithParameterName("start").WithMessage("*must lie from 0100-01-01 to 9999-12-31, but 5 intervals of 1.00:00:00 from 0001-01-01 do not*");
        FluentActions.Invoking(() => ForecastPlot.Of(Truth, [1], firstStep: int.MaxValue, start: new DateTime(2000, 1, 1)))
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName("start");
        FluentActions.Invoking(() => ForecastPlot.Of(Truth, [1], interval: TimeSpan.FromDays(1))).Should().Throw<ArgumentException>()
            .WithMessage("*needs a start*");
        FluentActions.Invoking(() => ForecastPlot.Of(null!, [1])).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void Of_ValuesBetweenGaps_AreMarkedAndTheirBandsDrawn()
    {
        float[] forecast = [1, float.NaN, 3, float.NaN, 5, 6];
        Plot plot = ForecastPlot.Of(
            [], forecast, lower: [0, float.NaN, 2, float.NaN, 4, 5], upper: [2, float.NaN, 4, float.NaN, 6, 7]);

        var picture = plot.ShouldBeAPicture();
        picture.At(plot, 2, 3).Should().Be(First);
        picture.At(plot, 2, 3.5).Should().NotBe(Colors.White, "the band over a step alone is a bar");
        picture.At(plot, 4.5, 5).Should().NotBe(Colors.White);
        picture.At(plot, 3, 4).Should().Be(picture.At(plot, 1, 6), "there is a gap");
        Names(plot).Should().Equal("forecast: band", "truth", "forecast");
    }

    [Fact]
    public void Of_StepsBeyondInt_AreDrawn() =>
        Points(ForecastPlot.Of(Truth, [1, 2], firstStep: int.MaxValue), "forecast")[1].X.Should().Be(int.MaxValue + 1.0);

    [Theory]
    [InlineData(1, "00:00:0")]
    [InlineData(3600, "1 Jan 0")]
    [InlineData(2 * 86400, "Jan 2000")]
    public void Of_Dates_AreLabelledAsFinelyAsTheyLie(int seconds, string label)
    {
        Plot plot = ForecastPlot.Of(Truth, Truth, start: new DateTime(2000, 1, 1), interval: TimeSpan.FromSeconds(seconds));

        plot.ShouldBeAPicture();
        string[] labels = [.. plot.Axes.Bottom.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label)];
        labels.Should().OnlyHaveUniqueItems().And.Contain(text => text.Contains(label));
    }

    [Fact]
    public void Of_AnyCulture_LabelsNumbersAlike()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = culture;
            Plot plot = ForecastPlot.Of([0.5f, 0.75f, 1], [0.6f]);
            plot.ShouldBeAPicture();
            plot.Axes.Left.TickGenerator.Ticks.Select(tick => tick.Label).Should().Contain("0.6").And.NotContain(text => text.Contains(','));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static Coordinates[] Points(Plot plot, string name) =>
        [.. plot.GetPlottables<Scatter>().Single(line => line.LegendText == name).Data.GetScatterPoints()];

    private static IEnumerable<string> Names(Plot plot) => plot.Legend.GetItems().Select(item => item.LabelText);
}
