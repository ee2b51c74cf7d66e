namespace LstmSharp.Samples.LongMemory;

/// <summary>What the command line asked for.</summary>
public sealed record Options
{
    public const string Usage =
        """
        LongMemory: how long a vanilla RNN and an LSTM remember, in numbers and three pictures.

        Usage: dotnet run -c Release --project docs/samples/LongMemory -- [options]

          --output FOLDER   where to write gradient-fresh.png, gradient-trained.png and state-growth.png
                            (default: artifacts/long-memory)
          --quick           short sequences and few updates: seconds instead of a minute or two
          --help            show this text
        """;

    public string Output { get; private set; } = Path.Combine("artifacts", "long-memory");

    public bool Quick { get; private set; }

    public bool Help { get; private set; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">An option is unknown or lacks its value.</exception>
    public static Options Parse(ReadOnlySpan<string> arguments)
    {
        var options = new Options();
        for (int n = 0; n < arguments.Length; n++)
        {
            switch (arguments[n])
            {
                case "--output" when n + 1 < arguments.Length && arguments[n + 1].Length > 0:
                    options.Output = arguments[++n];
                    break;
                case "--output":
                    throw new FormatException("--output needs a folder.");
                case "--quick":
                    options.Quick = true;
                    break;
                case "--help":
                    options.Help = true;
                    break;
                default:
                    throw new FormatException($"There is no option '{arguments[n]}'.");
            }
        }

        return options;
    }
}
