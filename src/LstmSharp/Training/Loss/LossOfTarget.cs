using System.Runtime.InteropServices;

namespace LstmSharp;

/// <summary>A loss against targets of one type: float for values, int for class numbers.</summary>
/// <remarks>To write your own, say what fits (<see cref="ThrowIfTargetsDoNotFit"/>) and compute the sum of the elements' losses
/// (<see cref="ComputeSum"/>). Where elements count for nothing or for more than others, say also what they weigh together
/// (<see cref="SumWeights"/>). An element's loss must depend on its own row alone, as rows may come in any number.</remarks>
/// <typeparam name="TTarget">The type of a target.</typeparam>
public abstract class Loss<TTarget> : Loss
    where TTarget : unmanaged
{
    /// <summary>How many outputs of the model speak of one target value: 1, or more for a loss that wants, say, a mean and a scale. Those of
    /// one target lie side by side: a step with the targets a and b has the outputs a₁ a₂ b₁ b₂. Losses of classes do not use it.</summary>
    public virtual int OutputsPerTarget => 1;

    /// <summary>Computes the loss, the mean Σ w·l / Σ w, and its gradient dL/dprediction.</summary>
    /// <param name="prediction">What the model said, row-major [rows, features]; for classes the logits [rows, classes].</param>
    /// <param name="target">What it should have said: as many values as <paramref name="prediction"/>; for classes one number a row,
    /// from 0 to classes − 1 or <see cref="Loss.IgnoredTarget"/>. Where <see cref="OutputsPerTarget"/> is above 1, so many times fewer. A loss
    /// of your own may ask for other targets.</param>
    /// <param name="gradient">Receives the gradient, shaped like <paramref name="prediction"/>; empty to compute the loss alone.</param>
    /// <returns>The loss: 0 where nothing counts; not finite where a prediction or target is not. A finite mean beyond the largest float32
    /// is given as the largest.</returns>
    /// <exception cref="ArgumentException">A length differs from its documented shape, a class number or probability is out of range,
    /// or <paramref name="gradient"/> overlaps an input.</exception>
    public float Evaluate(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target, Span<float> gradient) =>
        Measure(prediction, target, gradient).ValueOrZero;

    /// <summary>Computes the loss alone, for validation.</summary>
    /// <param name="prediction">What the model said, row-major.</param>
    /// <param name="target">What it should have said.</param>
    /// <returns>The same bits as the form with a gradient.</returns>
    /// <exception cref="ArgumentException">The target does not fit the prediction.</exception>
    public float Evaluate(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target) => Evaluate(prediction, target, []);

    /// <summary>Computes Σ w·l, and the gradient of Σ w·l / divisor: for means over several batches.</summary>
    /// <param name="prediction">What the model said, row-major [rows, features].</param>
    /// <param name="target">What it should have said.</param>
    /// <param name="gradient">Receives the gradient, shaped like <paramref name="prediction"/>; empty to compute the sum alone.</param>
    /// <param name="divisor">Σ w of all that the mean goes over, positive: <see cref="TotalWeight"/> of this batch, or that of several
    /// whose gradients are added.</param>
    /// <param name="rowWeights">A weight for each row, finite and not negative, by which its w is multiplied; by default 1. A row of weight
    /// 0 is not looked at, and gets a zero gradient.</param>
    /// <exception cref="ArgumentException">As for <see cref="Evaluate(ReadOnlySpan{float}, ReadOnlySpan{TTarget}, Span{float})"/>, or a
    /// row's weight is out of range, or there are not as many as rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The divisor is not a positive finite number.</exception>
    public double Sum(
        ReadOnlySpan<float> prediction,
        ReadOnlySpan<TTarget> target,
        Span<float> gradient,
        double divisor,
        ReadOnlySpan<float> rowWeights = default)
    {
        if (!(divisor > 0 && double.IsFinite(divisor)))
        {
            throw new ArgumentOutOfRangeException(nameof(divisor), divisor, $"{this}: divisor must be positive and finite.");
        }

        ThrowIfGradientDoesNotFit(prediction, target, gradient);
        ThrowIfTargetsDoNotFit(prediction, target);
        return prediction.IsEmpty ? 0 : SumOfChecked(prediction, target, gradient, divisor, rowWeights);
    }

    /// <summary>Computes Σ w, what the targets weigh together: what <see cref="Sum"/> is to be divided by for the mean.</summary>
    /// <param name="target">The targets; they must fit.</param>
    /// <param name="rowWeights">A weight for each row, as in <see cref="Sum"/>.</param>
    /// <exception cref="ArgumentException">A row's weight is out of range, or there are not as many as rows.</exception>
    /// <exception cref="InvalidOperationException">A loss of your own gives a weight that is negative or not finite.</exception>
    public double TotalWeight(ReadOnlySpan<TTarget> target, ReadOnlySpan<float> rowWeights = default)
    {
        if (rowWeights.IsEmpty)
        {
            double weight = SumWeights(target);
            return weight >= 0 && double.IsFinite(weight)
                ? weight
                : throw new InvalidOperationException(
                    FormattableString.Invariant($"{this}: SumWeights must give a finite weight that is not negative, but gave {weight}."));
        }

        ThrowIfRowsDoNotFit(target.Length, rowWeights);
        int size = target.Length / rowWeights.Length;
        double sum = 0;
        for (int start = 0, end; start < rowWeights.Length; start = end)
        {
            end = EndOfRun(rowWeights, start);
            sum += rowWeights[start] == 0 ? 0 : rowWeights[start] * TotalWeight(target[(start * size)..(end * size)]);
        }

        return sum;
    }

    /// <summary>Throws an <see cref="ArgumentException"/> unless the targets fit the prediction.</summary>
    /// <param name="prediction">What the model said, row-major.</param>
    /// <param name="target">The targets to check.</param>
    protected abstract void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target);

    /// <summary>Computes Σ w·l over the elements, and unless its span is empty the gradient of Σ w·l / divisor, for checked, non-empty,
    /// non-overlapping spans.</summary>
    /// <param name="prediction">What the model said, row-major.</param>
    /// <param name="target">What it should have said.</param>
    /// <param name="gradient">Receives d(Σ w·l / divisor)/dprediction, every value of it; empty where it is not wanted.</param>
    /// <param name="divisor">What the gradient is divided by, positive.</param>
    /// <returns>Σ w·l, not divided.</returns>
    protected abstract double ComputeSum(
        ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target, Span<float> gradient, double divisor);

    /// <summary>Adds the weights w of the targets. By default every target weighs 1, so that the loss is the mean over the
    /// targets.</summary>
    /// <param name="target">Targets of whole rows.</param>
    /// <returns>Σ w, finite and not negative.</returns>
    protected virtual double SumWeights(ReadOnlySpan<TTarget> target) => target.Length;

    /// <summary>Computes Σ w·l and Σ w, and the gradient of Σ w·l / divisor, by default of their mean.</summary>
    internal LossSum Measure(
        ReadOnlySpan<float> prediction,
        ReadOnlySpan<TTarget> target,
        Span<float> gradient,
        double? divisor = null,
        ReadOnlySpan<float> rowWeights = default)
    {
        ThrowIfGradientDoesNotFit(prediction, target, gradient);
        ThrowIfTargetsDoNotFit(prediction, target);
        double weight = prediction.IsEmpty ? 0 : TotalWeight(target, rowWeights), total = divisor ?? weight;
        if (total == 0 || prediction.IsEmpty)
        {
            gradient.Clear();
            return default;
        }

        return new LossSum(SumOfChecked(prediction, target, gradient, total, rowWeights), weight);
    }

    /// <summary>Throws unless the targets fit.</summary>
    internal void Check(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target) => ThrowIfTargetsDoNotFit(prediction, target);

    private double SumOfChecked(
        ReadOnlySpan<float> prediction,
        ReadOnlySpan<TTarget> target,
        Span<float> gradient,
        double divisor,
        ReadOnlySpan<float> rowWeights) => rowWeights.IsEmpty
            ? ComputeSum(prediction, target, gradient, divisor)
            : SumOfRows(prediction, target, gradient, divisor, rowWeights);

    /// <summary>Takes neighbouring rows of one weight at a time.</summary>
    private double SumOfRows(
        ReadOnlySpan<float> prediction,
        ReadOnlySpan<TTarget> target,
        Span<float> gradient,
        double divisor,
        ReadOnlySpan<float> rowWeights)
    {
        ThrowIfRowsDoNotFit(prediction.Length, rowWeights);
        ThrowIfRowsDoNotFit(target.Length, rowWeights);
        int features = prediction.Length / rowWeights.Length, size = target.Length / rowWeights.Length;
        double sum = 0;
        for (int start = 0, end; start < rowWeights.Length; start = end)
        {
            end = EndOfRun(rowWeights, start);
            double weight = rowWeights[start];
            Span<float> slopes = gradient.IsEmpty ? [] : gradient[(start * features)..(end * features)];
            if (weight == 0)
            {
                slopes.Clear();
            }
            else
            {
                sum += weight * ComputeSum(
                    prediction[(start * features)..(end * features)], target[(start * size)..(end * size)], slopes, divisor / weight);
            }
        }

        return sum;
    }

    /// <summary>The end of the neighbouring rows of one weight that begin at a row.</summary>
    private protected static int EndOfRun(ReadOnlySpan<float> weights, int start)
    {
        int length = weights[start..].IndexOfAnyExcept(weights[start]);
        return length < 0 ? weights.Length : start + length;
    }

    private void ThrowIfRowsDoNotFit(int values, ReadOnlySpan<float> rowWeights)
    {
        if (values % rowWeights.Length != 0)
        {
            throw new ArgumentException(
                $"{this}: rowWeights must hold one weight for each row, but {values} values are not rows of {rowWeights.Length} weights.",
                nameof(rowWeights));
        }

        for (int row = 0; row < rowWeights.Length; row++)
        {
            if (!(rowWeights[row] >= 0 && float.IsFinite(rowWeights[row])))
            {
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"{this}: rowWeights must be finite and not negative, but that of row {row} is {rowWeights[row]}."),
                    nameof(rowWeights));
            }
        }
    }

    private void ThrowIfGradientDoesNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<TTarget> target, Span<float> gradient)
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
    }
}
