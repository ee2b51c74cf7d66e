namespace LstmSharp;

/// <summary>Whether targets fit predictions, for losses and metrics alike.</summary>
internal static class TargetChecks
{
    /// <param name="who">Whose name the message begins with.</param>
    /// <param name="prediction">What the model said.</param>
    /// <param name="target">What it should have said.</param>
    /// <exception cref="ArgumentException">There is not one target for every value.</exception>
    public static void ThrowUnlessOnePerValue(object who, ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        if (target.Length != prediction.Length)
        {
            throw new ArgumentException(
                $"{who}: target must hold {prediction.Length} values (as many as prediction), but holds {target.Length}.", nameof(target));
        }
    }

    /// <param name="who">Whose name the message begins with.</param>
    /// <param name="prediction">What the model said.</param>
    /// <param name="target">What it should have said.</param>
    /// <param name="outputs">How many outputs speak of each target.</param>
    /// <exception cref="ArgumentException">There are not so many outputs for every target.</exception>
    public static void ThrowUnlessSoManyPerTarget(
        object who, ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, int outputs)
    {
        if ((long)target.Length * outputs != prediction.Length)
        {
            throw new ArgumentException(
                $"{who}: prediction must hold {outputs} values for each of {target.Length} targets, but holds {prediction.Length}.",
                nameof(prediction));
        }
    }

    /// <param name="who">The loss.</param>
    /// <param name="target">What the model should have said.</param>
    /// <param name="expected">What targets must be, for the message.</param>
    /// <exception cref="ArgumentException">A target is outside the loss's limits.</exception>
    public static void ThrowIfOutsideLimits(ILimitedTargets who, ReadOnlySpan<float> target, string expected)
    {
        if (who.IndexOutsideLimits(target) is >= 0 and var wrong)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"{who}: target must hold {expected}, but its value {wrong} is {target[wrong]}."),
                nameof(target));
        }
    }

    /// <param name="who">Whose name the message begins with.</param>
    /// <param name="prediction">The logits.</param>
    /// <param name="target">The classes.</param>
    /// <exception cref="ArgumentException">There is no whole number of classes for each target, or a target is none of them.</exception>
    public static void ThrowUnlessClassesFit(object who, ReadOnlySpan<float> prediction, ReadOnlySpan<int> target)
    {
        bool fits = target.IsEmpty ? prediction.IsEmpty : !prediction.IsEmpty && prediction.Length % target.Length == 0;
        if (!fits)
        {
            throw new ArgumentException(
                $"{who}: prediction must hold a whole number of classes for each of {target.Length} targets, but holds " +
                $"{prediction.Length} values.",
                nameof(prediction));
        }

        ThrowUnlessClassesAreKnown(who, target, target.IsEmpty ? 0 : prediction.Length / target.Length);
    }

    /// <param name="who">Whose name the message begins with.</param>
    /// <param name="target">The classes.</param>
    /// <param name="classes">How many there are.</param>
    /// <exception cref="ArgumentException">A target is none of them.</exception>
    public static void ThrowUnlessClassesAreKnown(object who, ReadOnlySpan<int> target, int classes)
    {
        for (int row = 0; row < target.Length; row++)
        {
            if ((uint)target[row] >= (uint)classes && target[row] != Loss.IgnoredTarget)
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"{who}: target must hold classes from 0 to {classes - 1} ") +
                    FormattableString.Invariant($"(or {Loss.IgnoredTarget} to ignore), but row {row} holds {target[row]}."),
                    nameof(target));
            }
        }
    }

    /// <param name="who">Whose name the message begins with.</param>
    /// <param name="prediction">The logits, a whole number of classes for each target.</param>
    /// <param name="target">The classes.</param>
    /// <param name="classes">How many classes there must be.</param>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public static void ThrowUnlessSoManyClasses(object who, ReadOnlySpan<float> prediction, ReadOnlySpan<int> target, int classes)
    {
        if (!target.IsEmpty && prediction.Length / target.Length != classes)
        {
            throw new ArgumentException(
                $"{who}: prediction must hold {classes} classes for each target, but holds {prediction.Length / target.Length}.",
                nameof(prediction));
        }
    }
}
