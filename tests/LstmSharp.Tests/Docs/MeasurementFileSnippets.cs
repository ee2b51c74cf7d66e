// <first-csv>
using System.Globalization;
using System.Numerics.Tensors;
using LstmSharp;
using nietras.SeparatedValues;
// </first-csv>

namespace Documentation;

// <first-csv>
internal static class MeasurementFile
{
    /// <summary>Reads times and some columns of numbers; what it cannot read for certain it refuses, with line and column.</summary>
    public static (DateTime[] Times, Tensor<float> Series) Read(
        string path, char separator, CultureInfo culture, string timeColumn, string timeFormat, params string[] columns)
    {
        FormatException Fault(int line, string problem) => new($"{path}, line {line}: {problem}.");

        using SepReader reader = Sep.New(separator)
            .Reader(options => options with { Unescape = true, DisableColCountCheck = true })       // quotes away; cells are counted below
            .FromFile(path);
        foreach (string column in columns.Prepend(timeColumn).Except(reader.Header.ColNames))
        {
            throw Fault(1, $"the header must have the column '{column}', but is '{string.Join(separator, reader.Header.ColNames)}'");
        }

        List<DateTime> times = [];
        List<float> values = [];
        int blankLine = 0;
        foreach (SepReader.Row row in reader)
        {
            int line = row.LineNumberFrom;
            if (row.Span.IsEmpty)
            {
                blankLine = line;                                // as the last line it is fine
                continue;
            }

            if (blankLine > 0)
            {
                throw Fault(blankLine, "the line is blank, but others follow");
            }

            if (row.ColCount != reader.Header.ColNames.Count)
            {
                throw Fault(line, $"there must be {reader.Header.ColNames.Count} cells as in the header, but are {row.ColCount}");
            }

            ReadOnlySpan<char> time = row[timeColumn].Span;
            times.Add(DateTime.TryParseExact(time, timeFormat, culture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime at)
                ? at
                : throw Fault(line, $"column '{timeColumn}' must be a time such as {timeFormat}, but is '{time}'"));
            foreach (string column in columns)
            {
                values.Add(row[column].Span.Trim() switch
                {
                    "" or "NA" or "NaN" => float.NaN,            // missing; the culture's own NaN is another word
                    var text when float.TryParse(text, NumberStyles.Float, culture, out float value) && float.IsFinite(value) => value,
                    var text => throw Fault(line, $"column '{column}' must be a number of culture '{culture.Name}', but is '{text}'"),
                });
            }
        }

        return ([.. times], Tensor.Create(values.ToArray(), [times.Count, columns.Length]));
    }
}
// </first-csv>

/// <summary>The data of docs/guide/first-model.md: a table is read right, or refused with line and column.</summary>
public sealed class MeasurementFileSnippets : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Gaps_OfAFile_AreCrossedByNoWindow()
    {
        int[] hours = [.. Enumerable.Range(0, 60).Where(hour => hour is not (20 or 21))];
        IEnumerable<string> lines = hours.Select(hour =>
            $"{new DateTime(2024, 3, 1).AddHours(hour):yyyy-MM-dd HH:mm},{(hour == 40 ? "NA" : FormattableString.Invariant($"{hour + 0.5}"))},1013");
        File.WriteAllLines("measurements.csv", lines.Prepend("time,temperature,pressure"));
        var windows = new SlidingWindows(length: 3, horizon: 2, targetColumns: [0]);

        // <first-gaps>
        (DateTime[] times, Tensor<float> series) = MeasurementFile.Read(
            "measurements.csv", ',', CultureInfo.InvariantCulture, "time", "yyyy-MM-dd HH:mm", "temperature", "pressure");
        SeriesGaps gaps = SeriesGaps.FromTimes(times, longestStep: TimeSpan.FromHours(1)).And(SeriesGaps.FromMissingValues(series));

        TimeSplit split = TimeSplit.ByFractions(times.Length, train: 0.7, validation: 0.15);
        StandardScaler scaler = StandardScaler.Fit(series, split.Train);                 // NaN is not measured
        Tensor<float> scaled = scaler.Transform(series);                                 // and stays NaN
        SequenceDataset train = windows.Cut(scaled, split.Train, gaps);                  // no window crosses a gap
        int[] rows = windows.FirstTargetRows(times.Length, split.Train, gaps);           // times[rows[n]]: the first hour that window n forecasts
        // </first-gaps>

        train.Count.Should().Be(rows.Length);
        rows.Should().Equal([.. Enumerable.Range(3, 16), .. Enumerable.Range(23, 14)], "41 rows train, of which row 38 is missing");
        times[rows[16]].Should().Be(new DateTime(2024, 3, 2, 1, 0, 0, DateTimeKind.Utc), "three hours after the gap");
        scaled[38, 0].Should().Be(float.NaN);
        File.Delete("measurements.csv");
    }

    [Theory]
    [InlineData("time,a,b\n2024-01-31,20.5,1013\n2024-02-01,-1e-3,7\n")]
    [InlineData("time,a,b\r\n2024-01-31,20.5,1013\r\n2024-02-01,-1e-3,7")]
    [InlineData("\uFEFFtime,a,b\n2024-01-31,20.5,1013\n2024-02-01,-1e-3,7\n\n")]
    [InlineData("\"time\",\"a\",\"b\"\n\"2024-01-31\",\"20.5\",\"1013\"\n2024-02-01, -1e-3 ,7\n")]
    [InlineData("b,note,time,a\n1013,\"fine, they said\",2024-01-31,20.5\n7,,2024-02-01,-1e-3\n")]
    public void Read_WhatIsNotInDoubt_IsReadRight(string text)
    {
        (DateTime[] times, Tensor<float> series) = Read(text, ',', CultureInfo.InvariantCulture);

        times.Should().Equal(new DateTime(2024, 1, 31, 0, 0, 0, DateTimeKind.Utc), new DateTime(2024, 2, 1, 0, 0, 0, DateTimeKind.Utc));
        series.Lengths.ToArray().Should().Equal(2, 2);
        series.ToArray().Should().Equal(20.5f, 1013, -1e-3f, 7);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NA")]
    [InlineData("NaN")]
    [InlineData(" ")]
    [InlineData("\"\"")]
    public void Read_MissingValue_IsNaN(string cell) =>
        Read($"time,a,b\n2024-01-31,{cell},3\n", ',', CultureInfo.InvariantCulture).Series.ToArray().Should().Equal(float.NaN, 3);

    [Fact]
    public void Read_DecimalCommas_NeedTheirCulture()
    {
        const string text = "time;a;b\n2024-01-31;20,5;\"1013,25\"\n";

        Read(text, ';', CommaCulture()).Series.ToArray().Should().Equal(20.5f, 1013.25f);
        Failing(text, ';').Should().Be("line 2: column 'a' must be a number of culture '', but is '20,5'.");
        Failing(text.Replace(';', ','), ',').Should().Be("line 2: there must be 3 cells as in the header, but are 4.");
        new Action(() => Read("time;a;b\n2024-01-31;1.013;1\n", ';', CommaCulture())).Should().Throw<FormatException>()
            .WithMessage("*, line 2: column 'a' must be a number of culture '*', but is '1.013'.");
    }

    [Theory]
    [InlineData("time,a\n2024-01-31,1\n", "line 1: the header must have the column 'b', but is 'time,a'.")]
    [InlineData("time;a;b\n2024-01-31;1;2\n", "line 1: the header must have the column 'time', but is 'time;a;b'.")]
    [InlineData("2024-01-31,1,2\n", "line 1: the header must have the column 'time', but is '2024-01-31,1,2'.")]
    [InlineData("", "line 1: the header must have the column 'time', but is ''.")]
    [InlineData("time,a,b\n2024-01-31,1,2\n2024-02-01,1\n", "line 3: there must be 3 cells as in the header, but are 2.")]
    [InlineData("time,a,b\n2024-01-31,1,2,\n", "line 2: there must be 3 cells as in the header, but are 4.")]
    [InlineData("time,a,b\n2024-01-31,1,2\n\n2024-02-01,1,2\n", "line 3: the line is blank, but others follow.")]
    [InlineData("time,a,b\n2024-01-31,1,x\n", "line 2: column 'b' must be a number of culture '', but is 'x'.")]
    [InlineData("time,a,b\n2024-01-31,\"1,013\",2\n", "line 2: column 'a' must be a number of culture '', but is '1,013'.")]
    [InlineData("time,a,b\n2024-01-31,1e99,2\n", "line 2: column 'a' must be a number of culture '', but is '1e99'.")]
    [InlineData("time,a,b\n31.1.2024,1,2\n", "line 2: column 'time' must be a time such as yyyy-MM-dd, but is '31.1.2024'.")]
    public void Read_WhatIsInDoubt_NamesLineAndColumn(string text, string problem) => Failing(text, ',').Should().Be(problem);

    private (DateTime[] Times, Tensor<float> Series) Read(string text, char separator, CultureInfo culture)
    {
        File.WriteAllText(_path, text);
        return MeasurementFile.Read(_path, separator, culture, "time", "yyyy-MM-dd", "a", "b");
    }

    /// <summary>As in German, on machines without data of cultures too.</summary>
    private static CultureInfo CommaCulture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
        return culture;
    }

    private string Failing(string text, char separator)
    {
        string message = new Action(() => Read(text, separator, CultureInfo.InvariantCulture)).Should().Throw<FormatException>().Which.Message;
        message.Should().StartWith(_path + ", ");
        return message[(_path.Length + 2)..];
    }
}
