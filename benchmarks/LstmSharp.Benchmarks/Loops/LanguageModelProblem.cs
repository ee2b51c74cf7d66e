namespace LstmSharp.Benchmarks.Loops;

/// <summary>A language model of a usual small size: its weights and its text are the same for every contender.</summary>
internal static class LanguageModelProblem
{
    public const int Vocabulary = 10_000;
    public const int Width = 200;
    public const int Length = 20;
    public const int BatchSize = 20;
    public const float LearningRate = 1;
    public const float MaximumNorm = 0.25f;

    /// <summary>Sequences of Length + 1 tokens, one after the other: each token but the last is followed by its target.</summary>
    public static int[][] Text()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, BatchSize).Select(_ => Enumerable.Range(0, Length + 1).Select(_ => random.Next(Vocabulary)).ToArray())];
    }

    /// <summary>A parameter's values, by its place in the model.</summary>
    public static void Fill(int place, Span<float> values)
    {
        var random = new Random(place);
        foreach (ref float value in values)
        {
            value = ((random.NextSingle() * 2) - 1) * 0.1f;
        }
    }
}
