using System.Runtime.InteropServices;

namespace LstmSharp;

/// <summary>A loss against targets of one type: float for values, int for class numbers.</summary>
/// <typeparam name="TTarget">The type of a target.</typeparam>
public abstract class Loss<TTarget> : Loss
    where TTarget : unmanaged
{
    /// <summary>Computes the loss and its gradient dL/dprediction.</summary>
    /// <param name="prediction">What the model said, row-major [rows, features]; for classes the logits [rows, classes].</param>
    /// <param name="target">What it should have said: as many values as <paramref name="prediction"/>; for classes one number a row,
    /// from 0 to classes − 1 or <see cref="Loss.IgnoredTarget"/>. A loss of your own may ask for other targets.</param>
    /// <param name="gradient">Receives the gradient, shaped like <paramref name="prediction"/>; empty to compute the loss alone.</param>
    /// <returns>The loss: a mean, 0 for an empty prediction; not finite where a prediction or target is not.</returns>
    /// <exception cref="ArgumentException">A length differs from its documented shape, a class number or probability is out of range,
    /// or <paramref name="gradient"/> overlaps an input.</exception>
    public float Evaluate(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target, Span<float> gradient)
    {
        if (!gradient.IsEmpty && gradient.Length != prediction.Length)
        {
            throw new ArgumentException(
                $"{this}: gradient must hold {prediction.Length} values (as many as prediction) or none, but holds {gradient.Length}.",
                nameof(gradient));
        }

        ReadOnlySpan<byte> written = MemoryMarshal.AsBytes(gradient);
        if (written.Overlaps(MemoryMarshal.AsBytes(prediction)) || written.Overlaps(MemoryMarshal.AsBytes(target)))
        {
            throw new ArgumentException($"{this}: gradient must not overlap prediction or target.", nameof(gradient));
        }

        ThrowIfTargetsDoNotFit(prediction, target);
        return prediction.IsEmpty ? 0 : Compute(prediction, target, gradient);
    }

    /// <summary>Computes the loss alone, for validation.</summary>
    /// <param name="prediction">What the model said, row-major.</param>
    /// <param name="target">What it should have said.</param>
    /// <returns>The same bits as the form with a gradient.</returns>
    /// <exception cref="ArgumentException">The target does not fit the prediction.</exception>
    public float Evaluate(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target) => Evaluate(prediction, target, []);

    /// <summary>Throws an <see cref="ArgumentException"/> unless the targets fit the prediction.</summary>
    /// <param name="prediction">What the model said, row-major.</param>
    /// <param name="target">The targets to check.</param>
    protected abstract void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target);

    /// <summary>Computes the loss, and the gradient unless its span is empty, for checked, non-empty, non-overlapping spans.</summary>
    /// <param name="prediction">What the model said, row-major.</param>
    /// <param name="target">What it should have said.</param>
    /// <param name="gradient">Receives dL/dprediction; empty where it is not wanted.</param>
    /// <returns>The loss.</returns>
    protected abstract float Compute(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target, Span<float> gradient);

    /// <summary>Counts the targets that the loss is a mean over; training weighs a batch's loss by it. All of them, unless the loss leaves
    /// some out.</summary>
    /// <param name="target">The targets of a batch.</param>
    /// <returns>0 or more.</returns>
    protected internal virtual int CountTargets(ReadOnlySpan<TTarget> target) => target.Length;
}
