using System.Globalization;

namespace LstmSharp.Samples.Forecasting;

/// <summary>Reads seattle-weather.csv, and nothing that only looks like it: a forecast is no better than its data.</summary>
internal static class WeatherFile
{
    private const string Header = "date,precipitation,temp_max,temp_min,wind,weather";

    /// <param name="path">The file; relative paths start at the current directory.</param>
    /// <exception cref="InvalidDataException">A line is not as it must be, or a day is missing, double or out of order.</exception>
    public static WeatherDay[] Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != Header)
        {
            throw Invalid(path, 1, $"must be the header '{Header}'");
        }

        var days = new WeatherDay[lines.Length - 1];
        for (int n = 0; n < days.Length; n++)
        {
            int line = n + 2;
            days[n] = Parse(lines[n + 1], path, line);
            if (n > 0 && days[n].Date != days[n - 1].Date.AddDays(1))
            {
                throw Invalid(path, line, $"must be {days[n - 1].Date.AddDays(1):yyyy-MM-dd}, the day after the line before");
            }
        }

        return days;
    }

    private static WeatherDay Parse(string text, string path, int line)
    {
        string[] fields = text.Split(',');
        if (fields.Length != 6)
        {
            throw Invalid(path, line, $"must have 6 fields, but has {fields.Length}");
        }

        if (!DateOnly.TryParseExact(fields[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
        {
            throw Invalid(path, line, $"must begin with a date such as 2012-01-31, but begins with '{fields[0]}'");
        }

        float Number(int field) =>
            float.TryParse(fields[field], NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
                ? value
                : throw Invalid(path, line, $"must have a number as field {field + 1}, but has '{fields[field]}'");

        return new WeatherDay(date, Number(1), Number(2), Number(3), Number(4));
    }

    private static InvalidDataException Invalid(string path, int line, string problem) =>
        new($"{Path.GetFileName(path)}: line {line} {problem}.");
}
