namespace LstmSharp;

/// <summary>What an evaluation came to.</summary>
public sealed class EvaluationResult
{
    internal EvaluationResult(float loss, IReadOnlyList<Metric> metrics)
    {
        Loss = loss;
        Metrics = [.. metrics];
    }

    /// <summary>The mean loss of all targets that count; NaN where none does.</summary>
    public float Loss { get; }

    /// <summary>The metrics that were passed, in the same order.</summary>
    public IReadOnlyList<Metric> Metrics { get; }

    /// <inheritdoc/>
    public override string ToString()
    {
        IEnumerable<string?> numbers = Metrics.Where(metric => metric is not ConfusionMatrix).Select(metric => metric.ToString());
        IEnumerable<string> tables = Metrics.OfType<ConfusionMatrix>().Select(matrix => Environment.NewLine + matrix);
        return string.Join(", ", numbers.Prepend(FormattableString.Invariant($"Loss {Loss:G6}"))) + string.Concat(tables);
    }
}
