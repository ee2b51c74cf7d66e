using System.Globalization;

namespace LstmSharp.Samples.Forecasting;

/// <summary>What the command line chooses.</summary>
internal sealed record ForecastOptions
{
    public const string Help = """
        Trains an LSTM on four years of Seattle's weather and forecasts the maximum temperature of the next 7 days.

        Usage: dotnet run -c Release --project docs/samples/Forecasting [-- options]

          --epochs N      go through the training data at most N times, 1 or more (default 80)
          --hidden N      units of the LSTM, 1 to 4096 (default 32)
          --seed N        decides initial weights and order of the samples, 0 or more (default 42)
          --output PATH   folder for the charts and the model (default artifacts/forecasting)
          --help          show this text
        """;

    public int Epochs { get; init; } = 80;

    public int Hidden { get; init; } = 32;

    public int Seed { get; init; } = 42;

    public string Output { get; init; } = Path.Combine("artifacts", "forecasting");

    public bool ShowHelp { get; init; }

    /// <exception cref="ArgumentException">An option is unknown, lacks its value, or has one outside its range.</exception>
    public static ForecastOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ForecastOptions();
        for (int n = 0; n < arguments.Count; n++)
        {
            string name = arguments[n];
            string Value() => ++n < arguments.Count && arguments[n].Length > 0
                ? arguments[n]
                : throw new ArgumentException($"{name} needs a value.");
            options = name switch
            {
                "--epochs" => options with { Epochs = WholeNumber(name, Value(), 1, int.MaxValue) },
                "--hidden" => options with { Hidden = WholeNumber(name, Value(), 1, 4096) },
                "--seed" => options with { Seed = WholeNumber(name, Value(), 0, int.MaxValue) },
                "--output" => options with { Output = Value() },
                "--help" or "-h" => options with { ShowHelp = true },
                _ => throw new ArgumentException($"Unknown option '{name}'; --help shows all."),
            };
        }

        return options;
    }

    private static int WholeNumber(string name, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw new ArgumentException($"{name} must be a whole number from {least} to {most}, but is '{text}'.");
}
