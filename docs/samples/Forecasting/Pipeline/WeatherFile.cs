using System.Globalization;
using nietras.SeparatedValues;

namespace LstmSharp.Samples.Forecasting;

/// <summary>Reads seattle-weather.csv, and nothing that only looks like it: a forecast is no better than its data.</summary>
internal static class WeatherFile
{
    private const string Header = "date,precipitation,temp_max,temp_min,wind,weather";

    /// <param name="path">The file; relative paths start at the current directory.</param>
    /// <exception cref="InvalidDataException">A line is not as it must be, or a day is missing, double or out of order.</exception>
    public static WeatherDay[] Read(string path)
    {
        using SepReader reader = Sep.New(',').Reader(options => options with { Unescape = true, DisableColCountCheck = true }).FromFile(path);
        if (string.Join(',', reader.Header.ColNames) != Header)
        {
            throw Invalid(path, 1, $"must be the header '{Header}'");
        }

        List<WeatherDay> days = [];
        foreach (SepReader.Row row in reader)
        {
            WeatherDay day = Parse(row, path);
            if (days.Count > 0 && day.Date != days[^1].Date.AddDays(1))
            {
                throw Invalid(path, row.LineNumberFrom, $"must be {days[^1].Date.AddDays(1):yyyy-MM-dd}, the day after the line before");
            }

            days.Add(day);
        }

        return [.. days];
    }

    private static WeatherDay Parse(SepReader.Row row, string path)
    {
        const int fields = 6;
        int line = row.LineNumberFrom;
        if (row.ColCount != fields)
        {
            throw Invalid(path, line, $"must have {fields} fields, but has {row.ColCount}");
        }

        if (!DateOnly.TryParseExact(row[0].Span, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
        {
            throw Invalid(path, line, $"must begin with a date such as 2012-01-31, but begins with '{row[0].Span}'");
        }

        return new WeatherDay(date, Number(row, 1, path), Number(row, 2, path), Number(row, 3, path), Number(row, 4, path));
    }

    private static float Number(SepReader.Row row, int field, string path) =>
        float.TryParse(row[field].Span, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw Invalid(path, row.LineNumberFrom, $"must have a number as field {field + 1}, but has '{row[field].Span}'");

    private static InvalidDataException Invalid(string path, int line, string problem) =>
        new($"{Path.GetFileName(path)}: line {line} {problem}.");
}
