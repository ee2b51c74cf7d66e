namespace LstmSharp;

/// <summary>Takes numbers out of a checkpoint's state; whatever is missing, out of range or left over is refused.</summary>
internal sealed class StateReader(IReadOnlyDictionary<string, string> state, string source)
{
    /// <summary>The largest whole number up to which a double misses none.</summary>
    public const long MaxCount = 1L << 53;

    private readonly HashSet<string> _taken = [];

    /// <summary>What error messages begin with.</summary>
    public string Source => source;

    public double Number(string key) => Numbers(key, 1)[0];

    public double[] Numbers(string key, int count)
    {
        _taken.Add(key);
        try
        {
            return StateText.Read(state.GetValueOrDefault(key, string.Empty), count);
        }
        catch (FormatException exception)
        {
            throw CheckpointFile.Damaged(source, $"the state '{key}'", $"{count} numbers", "not", inner: exception);
        }
    }

    /// <summary>A whole number of at most <see cref="MaxCount"/>.</summary>
    public long Count(string key, long minimum, long maximum) =>
        Number(key) is var value && value >= minimum && value <= maximum && value == Math.Floor(value)
            ? (long)value
            : throw CheckpointFile.Damaged(
                source, $"the state '{key}'", $"a whole number from {minimum} to {maximum}", state[key]);

    public void ThrowIfAnyIsLeft()
    {
        if (state.Keys.FirstOrDefault(key => !_taken.Contains(key)) is { } surplus)
        {
            throw CheckpointFile.Damaged(source, $"the state '{surplus}'", "a known one", "not");
        }
    }
}
