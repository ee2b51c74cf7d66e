using System.Numerics.Tensors;
using CsCheck;

namespace LstmSharp.Tests.Data;

public sealed class StandardScalerTests
{
    [Fact]
    public void Fit_KnownRows_MeasuresThoseRowsOnly()
    {
        float[] values = [100, 5, 2, 5, 4, 5, 6, 5, 8, 5, -900, 7];
        var scaler = StandardScaler.Fit(Tensor.Create(values, [6, 2]), 1..5);

        scaler.Means.ToArray().Should().Equal(5, 5);
        scaler.Scales.ToArray().Should().Equal(Math.Sqrt(5), 1);
    }

    [Fact]
    public void Transform_FittedRows_HaveMeanZeroAndVarianceOne() =>
        Gen.Select(Gen.Int[2, 60], Gen.Int[1, 5], Gen.UInt).Sample((rows, columns, seed) =>
        {
            Tensor<float> series = Noise(rows, columns, seed);

            Tensor<float> scaled = StandardScaler.Fit(series, ..).Transform(series);

            for (int column = 0; column < columns; column++)
            {
                double[] values = [.. Enumerable.Range(0, rows).Select(row => (double)scaled[row, column])];
                double mean = values.Average();
                mean.Should().BeApproximately(0, 1e-6);
                values.Average(x => (x - mean) * (x - mean)).Should().BeApproximately(1, 1e-5);
            }
        });

    [Fact]
    public void Inverse_OfTransform_GivesTheSeriesBack() =>
        Gen.Select(Gen.Int[2, 40], Gen.Int[1, 5], Gen.UInt).Sample((rows, columns, seed) =>
        {
            Tensor<float> series = Noise(rows, columns, seed);
            var scaler = StandardScaler.Fit(series, ..(rows / 2));

            Tensor<float> back = scaler.Inverse(scaler.Transform(series));

            back.Lengths.ToArray().Should().Equal(rows, columns);
            Tolerance.WorstError(back.ToArray(), series.ToArray()).Should().BeLessThanOrEqualTo(1e-6);
        });

    [Fact]
    public void Inverse_ForecastOfChosenColumns_RunsThroughThemForEveryStepAhead()
    {
        var scaler = new StandardScaler([10, 20, 30], [1, 2, 4]);
        float[] forecast = [0, 0, 1, 1, -1, 2, 3, 0];

        Tensor<float> values = scaler.Inverse(Tensor.Create(forecast, [1, 2, 4]), 2, 0);

        values.Lengths.ToArray().Should().Equal(1, 2, 4);
        values.ToArray().Should().Equal(30, 10, 34, 11, 26, 12, 42, 10);
        scaler.Transform(values, 2, 0).ToArray().Should().Equal(forecast);
        forecast[2].Should().Be(1, "the tensor handed in stays as it is");
    }

    [Fact]
    public void Inverse_TargetsOfScaledWindows_GivesTheSeriesAtTheTargetRows()
    {
        Tensor<float> series = Noise(60, 4, 3);
        var split = TimeSplit.ByFractions(60, 0.7, 0.1);
        var scaler = StandardScaler.Fit(series, split.Train);
        var windows = new SlidingWindows(length: 5, horizon: 3, targetColumns: [1, 3]);

        SequenceDataset test = windows.Cut(scaler.Transform(series), split.Test);
        Tensor<float> values = scaler.Inverse(test.Targets, windows.TargetColumns);

        int[] rows = windows.FirstTargetRows(60, split.Test);
        rows.Should().Equal(48, 49, 50, 51, 52, 53, 54, 55, 56, 57);
        for (int n = 0; n < rows.Length; n++)
        {
            for (int ahead = 0; ahead < 3; ahead++)
            {
                values[0, n, 2 * ahead].Should().BeApproximately(series[rows[n] + ahead, 1], 1e-5f);
                values[0, n, (2 * ahead) + 1].Should().BeApproximately(series[rows[n] + ahead, 3], 1e-5f);
            }
        }
    }

    [Fact]
    public void Transform_ConstantColumn_GivesZeros()
    {
        float[] values = [0.1f, 0.1f, 0.1f];
        Tensor<float> series = Tensor.Create(values, [3, 1]);

        StandardScaler.Fit(series, ..).Transform(series).ToArray().Should().Equal(0, 0, 0);
    }

    [Fact]
    public void Transform_TransposedTensor_ReadsByIndex()
    {
        float[] columns = [1, 2, 3, 10, 20, 30];
        var scaler = new StandardScaler([2, 20], [1, 10]);

        Tensor<float> scaled = scaler.Transform(Tensor.PermuteDimensions(Tensor.Create(columns, [2, 3]), [1, 0]));

        scaled.ToArray().Should().Equal(-1, -1, 0, 0, 1, 1);
    }

    [Fact]
    public void Constructor_ReadableMeansAndScales_RestoreTheScaler()
    {
        Tensor<float> series = Noise(20, 3, 7);
        var scaler = StandardScaler.Fit(series, ..15);

        var restored = new StandardScaler(scaler.Means, scaler.Scales);

        restored.Transform(series).ToArray().Should().Equal(scaler.Transform(series).ToArray());
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Fit_Infinity_NamesRowAndColumn(float bad)
    {
        Tensor<float> series = Noise(9, 3, 1);
        series[5, 2] = bad;

        new Action(() => StandardScaler.Fit(series, ..)).Should().Throw<ArgumentException>().WithMessage("*row 5, column 2*");
        new Action(() => StandardScaler.Fit(series, ..5).Transform(series)).Should().Throw<ArgumentException>()
            .WithMessage("*row 5, column 2*");
    }

    [Fact]
    public void Fit_MissingValues_MeasuresTheOthersAndLeavesThemMissing()
    {
        float[] values = [1, 10, float.NaN, 20, 3, float.NaN, 5, 30];
        Tensor<float> series = Tensor.Create(values, [4, 2]);

        var scaler = StandardScaler.Fit(series, ..);

        scaler.Means.ToArray().Should().Equal(3, 20);
        scaler.Scales.ToArray().Should().Equal(Math.Sqrt(8.0 / 3), Math.Sqrt(200.0 / 3));
        float[] scaled = [.. scaler.Transform(series)];
        scaled.Select(float.IsNaN).Should().Equal(values.Select(float.IsNaN));
        scaled[4].Should().Be(0);
        new Action(() => StandardScaler.Fit(series, 1..2)).Should().Throw<ArgumentException>().WithMessage(
            "StandardScaler: series must hold a value in every column, but column 0 holds only NaN in rows 1 to 1; leave the column out.*");
    }

    [Fact]
    public void Transform_ColumnThatHardlyVaried_RefusesWhatNoFloatCanHold()
    {
        float[] values = [1, 1e-40f, 2, 2e-40f, 3, 3e-40f, 4, 1];
        Tensor<float> series = Tensor.Create(values, [4, 2]);
        var scaler = StandardScaler.Fit(series, ..3);

        scaler.Transform(Tensor.Create(values[..6], [3, 2])).ToArray().Should().OnlyContain(x => float.IsFinite(x));
        new Action(() => scaler.Transform(series)).Should().Throw<ArgumentException>().WithParameterName("values").WithMessage(
            "StandardScaler: values must scale to numbers that a float can hold, but holds 1 in row 3, column 1, where the mean is 1.99*E-40 and "
            + "the scale 8.1*E-41; the column hardly varies in the rows that the scaler was fitted on: leave it out, or fit on more rows.*");
    }

    [Fact]
    public void Inverse_ValueThatNoFloatCanHold_IsRefusedButInfinityStays()
    {
        var scaler = new StandardScaler([0, 1], [1, 1e20]);

        new Action(() => scaler.Inverse(Tensor.Create((float[])[0, 0, 0, 1e19f], [2, 2]))).Should().Throw<ArgumentException>()
            .WithParameterName("values").WithMessage("*but holds 1E+19 in row 1, column 1, where the mean is 1 and the scale 1E+20; *diverged*");
        scaler.Inverse(Tensor.Create((float[])[float.NegativeInfinity, float.NaN], [1, 2])).ToArray()
            .Should().Equal(float.NegativeInfinity, float.NaN);
    }

    [Fact]
    public void EveryMethod_WrongArgument_NamesTheFault()
    {
        Tensor<float> series = Noise(4, 3, 1);
        var scaler = StandardScaler.Fit(series, ..);

        Failing(() => StandardScaler.Fit(series, 2..2)).Should().Contain("at least one row");
        Failing(() => StandardScaler.Fit(series, ..5)).Should().NotBeEmpty();
        Failing(() => scaler.Transform(Tensor.Create(new float[8], [4, 2]))).Should().Be(
            "StandardScaler(3 columns): the last dimension of values must be the scaler's 3 columns (for others, "
            + "name them, such as the target columns of a forecast), but the shape is [4, 2]. "
            + "(Parameter 'values')");
        Failing(() => scaler.Transform(Tensor.Create(new float[1], [1_000_000_000, 3], [0, 0]))).Should().Be(
            "StandardScaler: values must hold at most 2147483591 values, but has the shape [1000000000, 3]. (Parameter 'values')");
        Failing(() => scaler.Inverse(series, 3)).Should().Contain("from 0 to 2, but holds 3");
        Failing(() => new StandardScaler([1], [1, 2])).Should().Contain("1 and 2");
        Failing(() => new StandardScaler([], [])).Should().Contain("0 and 0");
        Failing(() => new StandardScaler([1, 1], [1, 0])).Should().Contain("column 1");
        Failing(() => new StandardScaler([double.NaN], [1])).Should().Contain("column 0");
    }

    private static string Failing(Func<object> make) => new Action(() => make()).Should().Throw<ArgumentException>().Which.Message;

    private static Tensor<float> Noise(int rows, int columns, uint seed)
    {
        var random = new Random(unchecked((int)seed));
        float[] values = new float[rows * columns];
        for (int n = 0; n < values.Length; n++)
        {
            values[n] = ((random.NextSingle() - 0.5f) * (1 + (n % columns))) + (10 * (n % columns));
        }

        return Tensor.Create(values, [rows, columns]);
    }

    [Fact]
    public void Inverse_ForecastWithoutItsColumns_IsRefusedWithTheRemedy()
    {
        var scaler = new StandardScaler([10, 20, 30], [1, 2, 4]);
        scaler.Invoking(s => s.Inverse(Tensor.Create(new float[6], [1, 1, 6]))).Should().Throw<ArgumentException>()
            .WithMessage("*the scaler's 3 columns (for others, name them, such as the target columns of a forecast)*[1, 1, 6]*");
    }
}
