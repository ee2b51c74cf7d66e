namespace LstmSharp.Benchmarks;

/// <summary>The command line.</summary>
internal sealed class Options
{
    public const string Usage = """
        Options:
          --group NAME       lstm, gru, rnn, functions, streaming, latency, steps, ragged, languagemodel,
                             raggedtraining, denormals, crowd, memory, coldstart or all; repeatable (default: lstm,
                             functions, streaming, steps, denormals and crowd)
          --shape T,B,I,H    LSTM shape instead of the default ones; repeatable
          --work NAME        inference, training or adam; repeatable (default: all three)
          --threads 1,2      numbers of threads (default: 1,2)
          --output PATH      the report's file (default: BenchmarkDotNet.Artifacts/performance.md)
        """;

    public List<Group> Groups { get; } = [];

    public List<Shape> Shapes { get; } = [];

    public List<Work> Works { get; } = [];

    public int[] Threads { get; private set; } = [1, 2];

    public string Output { get; private set; } = Path.Combine("BenchmarkDotNet.Artifacts", "performance.md");

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">An option is unknown, lacks its value or has a wrong one.</exception>
    public static Options Parse(string[] args)
    {
        var options = new Options();
        for (int n = 0; n < args.Length; n += 2)
        {
            options.Set(args[n], n + 1 < args.Length ? args[n + 1] : throw new FormatException($"{args[n]} lacks its value."));
        }

        if (options.Groups.Count == 0)
        {
            options.Groups.AddRange(
                options.Shapes.Count > 0
                    ? [Group.Lstm]
                    : [Group.Lstm, Group.Streaming, Group.Functions, Group.Steps, Group.Denormals, Group.Crowd]);
        }

        if (options.Works.Count == 0)
        {
            options.Works.AddRange([Work.Inference, Work.TrainingStep, Work.TrainingStepWithAdam]);
        }

        return options;
    }

    private void Set(string option, string value)
    {
        switch (option)
        {
            case "--group" when value == "all":
                Groups.AddRange(Enum.GetValues<Group>());
                break;
            case "--group" when Enum.TryParse(value, ignoreCase: true, out Group group):
                Groups.Add(group);
                break;
            case "--shape":
                Shapes.Add(Shape.Parse(value));
                break;
            case "--work":
                Works.Add(value switch
                {
                    "inference" => Work.Inference,
                    "training" => Work.TrainingStep,
                    "adam" => Work.TrainingStepWithAdam,
                    _ => throw new FormatException($"There is no work '{value}'."),
                });
                break;
            case "--threads":
                Threads = [.. value.Split(',').Select(text => int.TryParse(text, out int threads) && threads > 0
                    ? threads
                    : throw new FormatException($"--threads takes whole numbers above 0, but is '{value}'."))];
                break;
            case "--output":
                Output = value;
                break;
            default:
                throw new FormatException($"There is no option '{option} {value}'.");
        }
    }
}
