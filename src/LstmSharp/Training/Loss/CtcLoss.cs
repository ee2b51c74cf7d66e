using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LstmSharp;

/// <summary>Connectionist temporal classification: a loss for sequences of labels that are shorter than their inputs, where nobody knows which
/// step belongs to which label.</summary>
/// <remarks>The model gives logits of all labels and of one class more, the blank, at every step. A path names a class a step; repeated ones
/// merged and blanks taken out, it spells labels. The loss of a row is −ln of the chance that a path spells its labels. <c>Fit</c> and
/// <c>Evaluate</c> take it with a dataset made by <see cref="SequenceDataset.WithLabels(SequenceList{float}, SequenceList{int})"/>: the loss is
/// the mean over the sequences (PyTorch's <c>'mean'</c> divides each one's by its number of labels before). For loops of one's own with
/// <see cref="SequencePass"/> there is <see cref="Sum"/>. Computed in log space, in double, in a fixed order; any number of threads may
/// use one object. Source: Graves et al. 2006; docs/math/losses.md.</remarks>
public sealed class CtcLoss : Loss
{
    /// <summary>Makes the loss.</summary>
    /// <param name="blank">The class that stands for no label, 0 or above. By default 0, as in PyTorch.</param>
    /// <param name="zeroInfinity">Whether a row whose labels no path can spell, as it has too few steps, counts as a loss of 0 with a zero
    /// gradient. By default not: its loss is +∞ and its gradient holds NaN. As PyTorch's <c>zero_infinity</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The blank is negative.</exception>
    public CtcLoss(int blank = 0, bool zeroInfinity = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(blank);
        (Blank, ZeroInfinity) = (blank, zeroInfinity);
    }

    /// <summary>The class that stands for no label.</summary>
    public int Blank { get; }

    /// <summary>Whether rows that no path can spell count as 0.</summary>
    public bool ZeroInfinity { get; }

    /// <summary>Computes the sum of the rows' losses, and the gradient of that sum / divisor.</summary>
    /// <param name="logits">What the model said, shape [SequenceLength, BatchSize, Classes], as <see cref="SequencePass.Output"/>; softmax is
    /// applied here.</param>
    /// <param name="labels">The labels of all rows, one row's after the other's: classes other than the blank.</param>
    /// <param name="labelLengths">How many labels each row has, 0 or more.</param>
    /// <param name="gradient">Receives the gradient, row-major, shaped like <paramref name="logits"/>, 0 beyond a row's length; empty to compute
    /// the sum alone.</param>
    /// <param name="lengths">How many steps each row has, 0 to SequenceLength; by default all.</param>
    /// <param name="divisor">What the gradient is divided by, positive: by default 1; the number of rows for the mean over rows.</param>
    /// <returns>The sum, not divided: +∞ where no path spells a row's labels, unless <see cref="ZeroInfinity"/>; NaN where a logit is not
    /// finite.</returns>
    /// <exception cref="ArgumentException">A shape, length or label does not fit, or <paramref name="gradient"/> overlaps the logits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The divisor is not a positive finite number.</exception>
    public double Sum(
        in ReadOnlyTensorSpan<float> logits,
        ReadOnlySpan<int> labels,
        ReadOnlySpan<int> labelLengths,
        Span<float> gradient = default,
        ReadOnlySpan<int> lengths = default,
        double divisor = 1)
    {
        (int steps, int rows, int classes) = CheckShape(logits, gradient, divisor);
        CheckLabels(rows, classes, labels, labelLengths);
        CheckLengths(steps, rows, lengths);
        if (logits.FlattenedLength == 0)
        {
            return SumOfNothing(labelLengths);
        }

        ReadOnlySpan<float> values = TensorValues.Of(logits);
        if (MemoryMarshal.AsBytes(gradient).Overlaps(MemoryMarshal.AsBytes(values)))
        {
            throw new ArgumentException($"{this}: gradient must not overlap logits.", nameof(gradient));
        }

        gradient.Clear();
        double sum = 0;
        for (int row = 0, first = 0; row < rows; first += labelLengths[row], row++)
        {
            int length = lengths.IsEmpty ? steps : lengths[row];
            var slopes = new CtcGradient(gradient.IsEmpty ? [] : gradient[(row * classes)..], divisor);
            sum += OfRow(values[(row * classes)..], rows * classes, classes, length, labels.Slice(first, labelLengths[row]), slopes);
        }

        return sum;
    }

    /// <inheritdoc/>
    public override string ToString() => $"CtcLoss(blank {Blank}{(ZeroInfinity ? ", zeroInfinity" : string.Empty)})";

    /// <summary>How many steps a row needs at least: one for each label, and one more between two equal ones.</summary>
    internal static int LeastSteps(ReadOnlySpan<int> labels)
    {
        int steps = labels.Length;
        for (int n = 1; n < labels.Length; n++)
        {
            steps += labels[n] == labels[n - 1] ? 1 : 0;
        }

        return steps;
    }

    private double OfRow(
        ReadOnlySpan<float> logits, int stride, int classes, int length, ReadOnlySpan<int> labels, CtcGradient gradient)
    {
        long size = CtcAlignments.MemorySize(length, labels.Length, classes);
        if (size > Array.MaxLength)
        {
            throw new ArgumentException($"{this}: a row of {length} steps and {labels.Length} labels has more paths than an array holds.", nameof(labels));
        }

        double[] memory = ArrayPool<double>.Shared.Rent((int)size);
        try
        {
            var alignments = new CtcAlignments(logits, stride, classes, length, labels, Blank, memory);
            double loss = alignments.Forward();
            bool impossible = double.IsPositiveInfinity(loss);
            if (!gradient.Values.IsEmpty && !(impossible && ZeroInfinity))
            {
                alignments.Backward(loss, gradient);
            }

            return impossible && ZeroInfinity ? 0 : loss;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(memory);
        }
    }

    /// <summary>Without a step there is one path, the empty one, which spells no labels.</summary>
    private double SumOfNothing(ReadOnlySpan<int> labelLengths) =>
        labelLengths.ContainsAnyExcept(0) && !ZeroInfinity ? double.PositiveInfinity : 0;

    private (int Steps, int Rows, int Classes) CheckShape(in ReadOnlyTensorSpan<float> logits, Span<float> gradient, double divisor)
    {
        if (!(divisor > 0 && double.IsFinite(divisor)))
        {
            throw new ArgumentOutOfRangeException(nameof(divisor), divisor, $"{this}: divisor must be positive and finite.");
        }

        if (logits.Rank != 3 || logits.Lengths[2] <= Blank)
        {
            throw new ArgumentException(
                $"{this}: logits must have the shape [SequenceLength, BatchSize, Classes], with the blank {Blank} among the classes, but have " +
                $"{TensorValues.Shape(logits.Lengths)}.",
                nameof(logits));
        }

        if (!gradient.IsEmpty && gradient.Length != logits.FlattenedLength)
        {
            throw new ArgumentException(
                $"{this}: gradient must hold {logits.FlattenedLength} values (as many as logits) or none, but holds {gradient.Length}.",
                nameof(gradient));
        }

        return ((int)logits.Lengths[0], (int)logits.Lengths[1], (int)logits.Lengths[2]);
    }

    private void CheckLabels(int rows, int classes, ReadOnlySpan<int> labels, ReadOnlySpan<int> labelLengths)
    {
        long total = 0;
        foreach (int length in labelLengths)
        {
            total = length < 0 ? long.MinValue : total + length;
        }

        if (labelLengths.Length != rows || total != labels.Length)
        {
            throw new ArgumentException(
                $"{this}: labelLengths must hold one number of labels, 0 or more, for each of {rows} rows, {labels.Length} together, but holds " +
                $"{(total < 0 ? "a negative one" : $"{labelLengths.Length} numbers, {total} together")}.",
                nameof(labelLengths));
        }

        for (int n = 0; n < labels.Length; n++)
        {
            if ((uint)labels[n] >= (uint)classes || labels[n] == Blank)
            {
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"{this}: labels must be classes from 0 to {classes - 1} other than the blank {Blank}, but label {n} is {labels[n]}."),
                    nameof(labels));
            }
        }
    }

    private void CheckLengths(int steps, int rows, ReadOnlySpan<int> lengths)
    {
        if (!lengths.IsEmpty && (lengths.Length != rows || lengths.ContainsAnyExceptInRange(0, steps)))
        {
            int wrong = lengths.IndexOfAnyExceptInRange(0, steps);
            throw new ArgumentException(
                $"{this}: lengths must hold a number of steps from 0 to {steps} for each of {rows} rows, but " +
                (lengths.Length != rows ? $"holds {lengths.Length}." : FormattableString.Invariant($"that of row {wrong} is {lengths[wrong]}.")),
                nameof(lengths));
        }
    }
}
