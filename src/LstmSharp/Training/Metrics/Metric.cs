using System.Globalization;

namespace LstmSharp;

/// <summary>A number that says how good predictions are, gathered batch by batch: for <see cref="SequenceModelEvaluation.Evaluate"/>, or
/// by hand with <see cref="Metric{TTarget}.Add"/>.</summary>
/// <remarks>Sums run in double, in the order of the values. A metric is for one thread at a time. To write your own, derive from
/// <see cref="Metric{TTarget}"/>.</remarks>
public abstract class Metric
{
    private protected Metric()
    {
    }

    /// <summary>The number so far; NaN where there is nothing to measure yet.</summary>
    public abstract double Value { get; }

    /// <summary>Whether a larger number is the better one, as for an accuracy; by default a smaller one is, as for an error. It tells
    /// <see cref="TrainingOptions.Monitor"/> which epoch is the best.</summary>
    public virtual bool LargerIsBetter => false;

    /// <summary>What tells the metric from others, its parameters among it: a run that is resumed must be told the best epoch by the same
    /// (<see cref="TrainingOptions.Monitor"/>). By default the type's full name, enough for a metric without parameters.</summary>
    public virtual string Settings => GetType().FullName!;

    /// <summary>Forgets everything that was added.</summary>
    public abstract void Reset();

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{GetType().Name} {Value:G6}");
}
