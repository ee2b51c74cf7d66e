using System.Numerics.Tensors;
using CsCheck;

namespace LstmSharp.Tests.Data;

public sealed class SeriesGapsTests
{
    private static readonly DateTime Start = new(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly int[] Hours = [0, 1, 2, 5, 6, 30];

    [Fact]
    public void FromTimes_Leaps_EndRuns()
    {
        DateTime[] times = [.. Hours.Select(hour => Start.AddHours(hour))];

        SeriesGaps.FromTimes(times, TimeSpan.FromHours(1)).Runs.ToArray().Should().Equal(0..3, 3..5, 5..6);
        SeriesGaps.FromTimes(times, TimeSpan.FromHours(3)).Runs.ToArray().Should().Equal(0..5, 5..6);
        SeriesGaps.FromTimes([], TimeSpan.FromHours(1)).Runs.ToArray().Should().BeEmpty();
        SeriesGaps.FromTimes(times, TimeSpan.FromHours(1)).ToString().Should().Be("SeriesGaps(6 rows in 3 runs)");
    }

    [Fact]
    public void FromTimes_NotRising_NamesRowAndTimes()
    {
        DateTime[] times = [Start, Start.AddHours(1), Start.AddHours(1)];

        new Action(() => SeriesGaps.FromTimes(times, TimeSpan.FromHours(1))).Should().Throw<ArgumentException>().WithParameterName("times")
            .WithMessage("SeriesGaps: times must rise from row to row, but row 2 has 2024-03-01 01:00:00 after 2024-03-01 01:00:00; *summer time*");
        new Action(() => SeriesGaps.FromTimes(times, TimeSpan.Zero)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("longestStep");
    }

    [Fact]
    public void FromMissingValues_NaNInNeededColumns_MarksTheRow()
    {
        Tensor<float> series = Tensor.CreateFromShape<float>([5, 2]);
        series[1, 0] = float.NaN;
        series[3, 1] = float.NaN;
        series[4, 0] = float.PositiveInfinity;

        SeriesGaps.FromMissingValues(series).Runs.ToArray().Should().Equal(0..1, 2..3, 4..5);
        SeriesGaps.FromMissingValues(series, 1).Runs.ToArray().Should().Equal(0..3, 4..5);
        new Action(() => SeriesGaps.FromMissingValues(series, 2)).Should().Throw<ArgumentException>().WithMessage("SeriesGaps: columns*names 2*");
    }

    [Fact]
    public void Cut_AnyGaps_MatchesNaiveSearch() => AnyCase.Sample(scene =>
    {
        (bool[] missing, bool[] leaps, int length, int horizon, int stride, int start) = scene;
        Tensor<float> series = Tensor.CreateFromShape<float>([missing.Length, 1]);
        DateTime[] times = new DateTime[missing.Length];
        for (int row = 0; row < missing.Length; row++)
        {
            series[row, 0] = missing[row] ? float.NaN : row;
            times[row] = row == 0 ? Start : times[row - 1].AddHours(leaps[row % leaps.Length] ? 2 : 1);
        }

        SeriesGaps gaps = SeriesGaps.FromTimes(times, TimeSpan.FromHours(1)).And(SeriesGaps.FromMissingValues(series));
        var windows = new SlidingWindows(length, horizon, [0], stride: stride);
        Range part = Math.Min(start, missing.Length)..;

        List<int> expected = [];
        for (int row = part.Start.Value; row + horizon <= missing.Length; row++)
        {
            bool fits = row >= length && (expected.Count == 0 || row - expected[^1] >= stride);
            for (int inside = row - length; fits && inside < row + horizon; inside++)
            {
                fits = !missing[inside] && (inside == row - length || times[inside] - times[inside - 1] == TimeSpan.FromHours(1));
            }

            if (fits)
            {
                expected.Add(row);
            }
        }

        windows.FirstTargetRows(missing.Length, part, gaps).Should().Equal(expected);
        SequenceDataset data = windows.Cut(series, part, gaps);
        data.Count.Should().Be(expected.Count);
        for (int n = 0; n < data.Count; n++)
        {
            data.Inputs[0, n, 0].Should().Be(expected[n] - length);
            data.Targets[0, n, horizon - 1].Should().Be(expected[n] + horizon - 1);
        }
    });

    [Fact]
    public void And_AnyGaps_KeepsWhatBothKeep() => Gen.Select(Gen.Bool.Array[0, 30], Gen.Bool.Array[30]).Sample((first, more) =>
    {
        bool[] second = more[..first.Length];

        Range[] joined = SeriesGaps.FromMissingRows(first).And(SeriesGaps.FromMissingRows(second)).Runs.ToArray();

        joined.Should().Equal(SeriesGaps.FromMissingRows([.. first.Zip(second, (a, b) => a || b)]).Runs.ToArray());
    });

    [Fact]
    public void Latest_GapInTheLastRows_IsRefused()
    {
        Tensor<float> series = Tensor.Create([.. Enumerable.Range(0, 8).Select(n => (float)n)], [8, 1]);
        var windows = new SlidingWindows(length: 3, horizon: 1, targetColumns: [0]);

        windows.Latest(series, SeriesGaps.FromMissingRows([true, false, false, false, true, false, false, false])).ToArray().Should().Equal(5, 6, 7);
        new Action(() => windows.Latest(series, SeriesGaps.FromMissingRows([false, false, false, false, false, true, false, false])))
            .Should().Throw<ArgumentException>().WithParameterName("gaps").WithMessage(
                "SlidingWindows: the last 3 rows of the series must follow each other without a gap, but only the last 2 do; *");
        new Action(() => windows.Latest(series, SeriesGaps.FromMissingRows([false, false, false, false, false, false, false, true])))
            .Should().Throw<ArgumentException>().WithMessage("*only the last 0 do*");
    }

    [Fact]
    public void Gaps_OfAnotherSeries_AreRefused()
    {
        var gaps = SeriesGaps.FromMissingRows(new bool[7]);
        Tensor<float> series = Tensor.CreateFromShape<float>([8, 1]);
        var windows = new SlidingWindows(length: 3, horizon: 1, targetColumns: [0]);

        foreach (Action use in new Action[] { () => windows.Cut(series, .., gaps), () => windows.Latest(series, gaps), () => windows.FirstTargetRows(8, .., gaps) })
        {
            use.Should().Throw<ArgumentException>().WithParameterName("gaps")
                .WithMessage("SlidingWindows: gaps must be of the 8 rows of the series, but is SeriesGaps(7 rows in 1 runs).*");
        }

        gaps.Invoking(g => g.And(SeriesGaps.FromMissingRows(new bool[6]))).Should().Throw<ArgumentException>()
            .WithMessage("SeriesGaps(7 rows in 1 runs): other must be of 7 rows, but is SeriesGaps(6 rows in 1 runs).*");
    }

    private static readonly Gen<(bool[] Missing, bool[] Leaps, int Length, int Horizon, int Stride, int Start)> AnyCase = Gen.Select(
        Gen.Int[0, 9].Select(n => n == 0).Array[0, 60],
        Gen.Int[0, 9].Select(n => n == 0).Array[60],
        Gen.Int[1, 5],
        Gen.Int[1, 4],
        Gen.Int[1, 4],
        Gen.Int[0, 20]);
}
