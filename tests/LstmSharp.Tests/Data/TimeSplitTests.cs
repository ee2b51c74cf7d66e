using CsCheck;

namespace LstmSharp.Tests.Data;

public sealed class TimeSplitTests
{
    [Theory]
    [InlineData(1461, 0.7, 0.1, 1022, 1168)]
    [InlineData(10, 0.7, 0.1, 7, 8)]
    [InlineData(1000, 0.7, 0.1, 700, 800)]
    [InlineData(3, 1.0 / 3, 1.0 / 3, 1, 2)]
    [InlineData(7, 1, 0, 7, 7)]
    [InlineData(7, 0.6, 0.4, 4, 7)]
    [InlineData(0, 0.5, 0.2, 0, 0)]
    public void ByFractions_KnownRows_EndsAtTheShareRoundedDown(
        int rows, double train, double validation, int trainEnd, int validationEnd)
    {
        var split = TimeSplit.ByFractions(rows, train, validation);

        split.Train.GetOffsetAndLength(rows).Should().Be((0, trainEnd));
        split.Validation.GetOffsetAndLength(rows).Should().Be((trainEnd, validationEnd - trainEnd));
        split.Test.GetOffsetAndLength(rows).Should().Be((validationEnd, rows - validationEnd));
    }

    [Fact]
    public void ByFractions_AnyShares_PartsTileTheSeries() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Double[0.001, 1], Gen.Double[0, 1]).Sample((rows, train, rest) =>
        {
            var split = TimeSplit.ByFractions(rows, train, rest * (1 - train));

            split.Train.Start.Value.Should().Be(0);
            split.Validation.Start.Should().Be(split.Train.End);
            split.Test.Start.Should().Be(split.Validation.End);
            split.Test.End.Value.Should().Be(rows);
            split.Train.End.Value.Should().BeInRange(0, split.Validation.End.Value);
            split.Validation.End.Value.Should().BeLessThanOrEqualTo(rows);
        });

    [Theory]
    [InlineData(-1, 0.7, 0.1, "rows")]
    [InlineData(10, 0, 0.1, "train")]
    [InlineData(10, 1.1, 0, "train")]
    [InlineData(10, double.NaN, 0.1, "train")]
    [InlineData(10, 0.7, 0.31, "validation")]
    [InlineData(10, 0.7, -0.1, "validation")]
    [InlineData(10, 0.7, double.NaN, "validation")]
    public void ByFractions_OutOfRange_NamesTheArgument(int rows, double train, double validation, string name) =>
        new Action(() => TimeSplit.ByFractions(rows, train, validation))
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName(name);
}
