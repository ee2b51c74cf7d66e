namespace LstmSharp;

/// <summary>A metric against targets of one type: float for values, int for class numbers.</summary>
/// <typeparam name="TTarget">The type of a target.</typeparam>
public abstract class Metric<TTarget> : Metric
    where TTarget : unmanaged
{
    /// <summary>Takes predictions into account.</summary>
    /// <param name="prediction">What the model said, row-major [rows, features]; for classes the logits [rows, classes].</param>
    /// <param name="target">What it should have said: as many values as <paramref name="prediction"/>; for classes one number a row, from 0 to
    /// classes − 1 or <see cref="Loss.IgnoredTarget"/>, which counts for nothing.</param>
    /// <exception cref="ArgumentException">The targets do not fit the prediction; nothing was added.</exception>
    public void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target)
    {
        ThrowIfTargetsDoNotFit(prediction, target);
        Accumulate(prediction, target);
    }

    /// <summary>Throws an <see cref="ArgumentException"/> unless the targets fit the prediction.</summary>
    /// <param name="prediction">What the model said, row-major.</param>
    /// <param name="target">The targets to check.</param>
    protected abstract void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target);

    /// <summary>Takes checked predictions into account; both spans may be empty.</summary>
    /// <param name="prediction">What the model said, row-major.</param>
    /// <param name="target">What it should have said.</param>
    protected abstract void Accumulate(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target);
}
