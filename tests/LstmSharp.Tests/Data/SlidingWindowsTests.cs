using System.Numerics.Tensors;
using CsCheck;

namespace LstmSharp.Tests.Data;

public sealed class SlidingWindowsTests
{
    [Fact]
    public void Cut_WeatherLikeSeries_MatchesHandWrittenWindows()
    {
        Tensor<float> series = Coded(rows: 6, columns: 3);
        var windows = new SlidingWindows(length: 2, horizon: 2, targetColumns: [1, 0], inputColumns: [2, 0]);

        SequenceDataset dataset = windows.Cut(series, ..);

        dataset.Inputs.Lengths.ToArray().Should().Equal(2, 3, 2);
        dataset.Inputs.ToArray().Should().Equal(2, 0, 12, 10, 22, 20, 12, 10, 22, 20, 32, 30);
        dataset.Targets.Lengths.ToArray().Should().Equal(1, 3, 4);
        dataset.Targets.ToArray().Should().Equal(21, 20, 31, 30, 31, 30, 41, 40, 41, 40, 51, 50);
        windows.FirstTargetRows(6, ..).Should().Equal(2, 3, 4);
    }

    [Fact]
    public void Cut_AnyPartOfAnySeries_MatchesNaiveSearch() => AnyCut.Sample(cut =>
    {
        Tensor<float> series = Coded(cut.Rows, columns: 3);
        var windows = new SlidingWindows(cut.Length, cut.Horizon, [2, 1], stride: cut.Stride);

        SequenceDataset dataset = windows.Cut(series, cut.Start..cut.End);

        List<int> expectedRows = FirstTargetRowsByTrial(cut);
        windows.FirstTargetRows(cut.Rows, cut.Start..cut.End).Should().Equal(expectedRows);
        dataset.Count.Should().Be(expectedRows.Count);
        for (int n = 0; n < expectedRows.Count; n++)
        {
            for (int t = 0; t < cut.Length; t++)
            {
                for (int column = 0; column < 3; column++)
                {
                    dataset.Inputs[t, n, column].Should().Be(series[expectedRows[n] - cut.Length + t, column]);
                }
            }

            for (int ahead = 0; ahead < cut.Horizon; ahead++)
            {
                dataset.Targets[0, n, 2 * ahead].Should().Be(series[expectedRows[n] + ahead, 2]);
                dataset.Targets[0, n, (2 * ahead) + 1].Should().Be(series[expectedRows[n] + ahead, 1]);
            }
        }
    });

    [Fact]
    public void Cut_PartsOfASplit_LeakNoTargetAndNoFutureInput() => AnyCut.Sample(cut =>
    {
        Tensor<float> rowNumbers = Tensor.Create(Array.ConvertAll(Enumerable.Range(0, cut.Rows).ToArray(), n => (float)n), [cut.Rows, 1]);
        var windows = new SlidingWindows(cut.Length, cut.Horizon, [0], stride: cut.Stride);
        var split = TimeSplit.ByFractions(cut.Rows, 0.6, 0.2);

        foreach (Range part in new[] { split.Train, split.Validation, split.Test })
        {
            (int start, int count) = part.GetOffsetAndLength(cut.Rows);
            SequenceDataset dataset = windows.Cut(rowNumbers, part);

            for (int n = 0; n < dataset.Count; n++)
            {
                float[] targetRows = [.. Enumerable.Range(0, cut.Horizon).Select(k => dataset.Targets[0, n, k])];
                float[] inputRows = [.. Enumerable.Range(0, cut.Length).Select(t => dataset.Inputs[t, n, 0])];
                ((int)targetRows.Min()).Should().BeInRange(start, start + count - 1);
                ((int)targetRows.Max()).Should().BeInRange(start, start + count - 1);
                inputRows.Max().Should().BeLessThan(targetRows.Min());
            }
        }
    });

    [Fact]
    public void Cut_PartTooShort_GivesNoWindows()
    {
        SequenceDataset dataset = new SlidingWindows(length: 5, horizon: 3, targetColumns: [0]).Cut(Coded(7, 2), ..);

        dataset.Count.Should().Be(0);
        dataset.Inputs.Lengths.ToArray().Should().Equal(5, 0, 2);
        dataset.Targets.Lengths.ToArray().Should().Equal(1, 0, 3);
    }

    [Fact]
    public void Cut_NaNInUsedCell_NamesRowAndColumn()
    {
        Tensor<float> series = Coded(8, 3);
        series[4, 1] = float.NaN;

        new Action(() => new SlidingWindows(2, 1, [0]).Cut(series, ..)).Should().Throw<ArgumentException>()
            .WithMessage("SlidingWindows: series must hold finite values, but holds NaN in row 4, column 1; fill it, or leave such rows "
                + "where they are and skip the windows that touch them: gaps: SeriesGaps.FromMissingValues(series); a column that is no input leave out with inputColumns. Do not drop the rows: "
                + "windows would then join what does not follow each other. (Parameter 'series')");
        new Action(() => new SlidingWindows(2, 1, [1], [0]).Cut(series, ..)).Should().Throw<ArgumentException>()
            .WithMessage("*row 4, column 1*");
    }

    [Fact]
    public void Cut_NaNInUnusedCell_Passes()
    {
        Tensor<float> series = Coded(8, 3);
        series[4, 1] = float.NaN;
        series[7, 0] = float.PositiveInfinity;

        new SlidingWindows(2, 1, [2], [0, 2]).Cut(series, ..).Count.Should().Be(6);
        new SlidingWindows(2, 1, [0, 1], [0, 1]).Cut(series, ..4).Count.Should().Be(2);
    }

    [Fact]
    public void Cut_WrongSeries_NamesTheFault()
    {
        var windows = new SlidingWindows(2, 1, [3]);

        new Action(() => windows.Cut(Coded(8, 3), ..)).Should().Throw<ArgumentException>().WithMessage(
            "SlidingWindows: targetColumns must name columns from 0 to 2, as the series has 3, but names 3.*");
        new Action(() => new SlidingWindows(2, 1, [0], [4]).Cut(Coded(8, 3), ..)).Should().Throw<ArgumentException>()
            .WithMessage("*inputColumns*names 4*");
        new Action(() => windows.Cut(Tensor.Create(new float[1], [1_000_000_000, 3], [0, 0]), ..)).Should().Throw<ArgumentException>()
            .WithMessage("SlidingWindows: series must hold at most 2147483591 values, but has the shape [1000000000, 3].*")
            .WithParameterName("series");
        new Action(() => windows.Cut(Tensor.Create(new float[8], [8]), ..)).Should().Throw<ArgumentException>()
            .WithMessage("*[time, features]*but has [8]*");
        new Action(() => windows.Cut(Coded(8, 4), 2..9)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Cut_TwoMillionRows_IsAViewOfTheSeries()
    {
        const int rows = 2_000_000;
        Tensor<float> series = Tensor.CreateFromShape<float>([rows, 7]);
        series[rows - 2, 6] = 3;
        long before = GC.GetAllocatedBytesForCurrentThread();

        SequenceDataset windows = new SlidingWindows(length: 100, horizon: 24, targetColumns: [6]).Cut(series, ..);
        float[] inputs = new float[100 * 7], targets = new float[24];
        windows.CopyBatch([windows.Count - 1], inputs, targets);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(20L * rows, "a window costs the number of its row");
        windows.Count.Should().Be(rows - 123);
        targets[22].Should().Be(3);
    }

    [Fact]
    public void Fit_WindowsOfALongSeries_TakesNoMemoryForThem()
    {
        const int rows = 20_000, length = 500;
        Tensor<float> series = Tensor.CreateFromShape<float>([rows, 3]);
        SequenceDataset windows = new SlidingWindows(length, horizon: 400, targetColumns: [1], stride: 8).Cut(series, ..);
        SequenceModel model = SequenceModel.Create(3).TakeLast().Dense(400).Build(1);
        long before = GC.GetAllocatedBytesForCurrentThread();

        model.Fit(windows.Subset(1..), new TrainingOptions
        {
            Loss = Loss.BinaryCrossEntropyWithLogits,
            Optimizer = new Sgd(0.1f),
            Epochs = 1,
            BatchSize = 16,
            Validation = windows,
        });
        model.Evaluate(windows, Loss.MeanSquaredError);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan((long)windows.Count * length * 3 * sizeof(float) / 4);
    }

    [Fact]
    public void Cut_MoreValuesThanAnArrayHolds_GivesBatchesButNoTensor()
    {
        Tensor<float> series = Tensor.Create(new float[100_000], [100_000, 1]);
        SequenceDataset windows = new SlidingWindows(50_000, 1, [0]).Cut(series, ..);

        windows.CopyBatch([0, windows.Count - 1], new float[100_000], new float[2]);
        windows.Invoking(w => w.Inputs).Should().Throw<InvalidOperationException>()
            .WithMessage("SequenceDataset(50000 samples: 50000 × 1 => 1 × 1): Inputs as one tensor must hold at most 2147483591 values*CopyBatch*");
        new SlidingWindows(1, int.MaxValue, [0, 0]).Invoking(w => w.Cut(series, ..)).Should().Throw<ArgumentException>()
            .WithMessage("SlidingWindows: one window must hold at most 2147483591 values*").WithParameterName("series");
    }

    [Fact]
    public void Cut_StrideOverRowsThatNoWindowShows_MayBeMissing()
    {
        Tensor<float> series = Coded(20, 2);
        series[5, 0] = float.NaN;

        SequenceDataset windows = new SlidingWindows(2, 1, [0], stride: 8).Cut(series, ..);

        windows.Inputs.ToArray().Should().Equal(0, 1, 80, 81, 160, 161, 10, 11, 90, 91, 170, 171);
    }

    [Fact]
    public void Latest_AnyColumnsAndStride_GivesTheLastRows()
    {
        Tensor<float> series = Coded(rows: 6, columns: 3);

        Tensor<float> all = new SlidingWindows(length: 2, horizon: 4, targetColumns: [1], stride: 3).Latest(series);
        Tensor<float> chosen = new SlidingWindows(length: 2, horizon: 4, targetColumns: [1], inputColumns: [2, 0]).Latest(series);

        all.Lengths.ToArray().Should().Equal(2, 1, 3);
        all.ToArray().Should().Equal(40, 41, 42, 50, 51, 52);
        chosen.Lengths.ToArray().Should().Equal(2, 1, 2);
        chosen.ToArray().Should().Equal(42, 40, 52, 50);
    }

    [Fact]
    public void Latest_OnceTheTargetsAreKnown_IsTheInputOfTheLastCut() => AnyCut.Sample(cut =>
    {
        var windows = new SlidingWindows(cut.Length, cut.Horizon, [2, 1], stride: cut.Stride);
        int known = cut.Length + cut.Rows;

        Tensor<float> latest = windows.Latest(Coded(known, columns: 3));

        SequenceDataset later = windows.Cut(Coded(known + cut.Horizon, columns: 3), known..);
        later.Count.Should().Be(1);
        latest.Lengths.ToArray().Should().Equal(later.Inputs.Lengths.ToArray());
        latest.ToArray().Should().Equal(later.Inputs.ToArray());
    });

    [Fact]
    public void Latest_SeriesShorterThanAWindow_SaysHowManyRowsAreMissing()
    {
        var windows = new SlidingWindows(length: 5, horizon: 1, targetColumns: [0]);

        windows.Latest(Coded(5, 2)).Lengths.ToArray().Should().Equal(5, 1, 2);
        new Action(() => windows.Latest(Coded(4, 2))).Should().Throw<ArgumentException>().WithMessage(
            "SlidingWindows: series must have at least 5 rows, the length of a window, but has 4. (Parameter 'series')");
    }

    [Fact]
    public void Latest_NotFiniteCell_CountsOnlyWhereTheWindowShowsIt()
    {
        Tensor<float> series = Coded(8, 3);
        series[7, 1] = float.NaN;
        series[5, 0] = float.NegativeInfinity;

        new SlidingWindows(2, 1, targetColumns: [1], inputColumns: [0, 2]).Latest(series).ToArray().Should().Equal(60, 62, 70, 72);
        new Action(() => new SlidingWindows(2, 1, [0]).Latest(series)).Should().Throw<ArgumentException>()
            .WithMessage("SlidingWindows: series must hold finite values, but holds NaN in row 7, column 1; *(Parameter 'series')");
        new Action(() => new SlidingWindows(3, 1, [0], [0]).Latest(series)).Should().Throw<ArgumentException>()
            .WithMessage("*row 5, column 0*");
    }

    [Fact]
    public void Latest_WrongSeries_NamesTheFault()
    {
        new Action(() => new SlidingWindows(2, 1, [0], [3]).Latest(Coded(8, 3))).Should().Throw<ArgumentException>().WithMessage(
            "SlidingWindows: inputColumns must name columns from 0 to 2, as the series has 3, but names 3.*");
        new Action(() => new SlidingWindows(2, 1, [0]).Latest(Tensor.Create(new float[8], [8]))).Should().Throw<ArgumentException>()
            .WithMessage("*[time, features]*but has [8]*");
    }

    [Fact]
    public void Constructor_SizesBelowOneOrNoTarget_NameTheArgument()
    {
        Name(() => new SlidingWindows(0, 1, [0])).Should().Be("length");
        Name(() => new SlidingWindows(1, 0, [0])).Should().Be("horizon");
        Name(() => new SlidingWindows(1, 1, [0], stride: 0)).Should().Be("stride");
        Name(() => new SlidingWindows(1, 1, [])).Should().Be("targetColumns");
    }

    [Fact]
    public void Constructor_NegativeColumn_NamesTheArgumentAndTheColumn()
    {
        new Func<object>(() => new SlidingWindows(1, 1, [0, -1])).Should().Throw<ArgumentOutOfRangeException>()
            .WithParameterName("targetColumns").WithMessage("SlidingWindows: targetColumns must name columns from 0, but names -1.*");
        new Func<object>(() => new SlidingWindows(1, 1, [0], [2, -3])).Should().Throw<ArgumentOutOfRangeException>()
            .WithParameterName("inputColumns").WithMessage("*names -3*");
    }

    private sealed record CutCase(int Rows, int Start, int End, int Length, int Horizon, int Stride);

    private static readonly Gen<CutCase> AnyCut =
        from rows in Gen.Int[0, 40]
        from start in Gen.Int[0, rows]
        from end in Gen.Int[start, rows]
        from length in Gen.Int[1, 7]
        from horizon in Gen.Int[1, 5]
        from stride in Gen.Int[1, 4]
        select new CutCase(rows, start, end, length, horizon, stride);

    private static string? Name(Func<object> make) =>
        new Action(() => make()).Should().Throw<ArgumentException>().Which.ParamName;

    /// <summary>Tries every row in turn; the first that fits starts the stride.</summary>
    private static List<int> FirstTargetRowsByTrial(CutCase cut)
    {
        List<int> rows = [];
        for (int row = 0; row < cut.Rows; row++)
        {
            bool fits = row >= cut.Length && row >= cut.Start && row + cut.Horizon <= cut.End;
            if (fits && (rows.Count == 0 || row - rows[^1] == cut.Stride))
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    private static Tensor<float> Coded(int rows, int columns)
    {
        Tensor<float> series = Tensor.CreateFromShape<float>([rows, columns]);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                series[row, column] = (10 * row) + column;
            }
        }

        return series;
    }

    [Fact]
    public void FirstTargetRows_PartOutsideTheSeries_NamesThePartAndTheRows()
    {
        var windows = new SlidingWindows(length: 2, horizon: 1, targetColumns: [0]);
        foreach (Range part in new Range[] { new(0, 11), new(^11, ^0), new(6, 5) })
        {
            windows.Invoking(w => w.FirstTargetRows(10, part)).Should().Throw<ArgumentOutOfRangeException>()
                .WithMessage("SlidingWindows: part must lie within the 10 rows of the series.*").WithParameterName("part");
        }

        windows.FirstTargetRows(10, 9..10).Should().Equal(9);
    }
}
