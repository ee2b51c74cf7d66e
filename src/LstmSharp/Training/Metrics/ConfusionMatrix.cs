using System.Globalization;
using System.Numerics.Tensors;
using System.Text;

namespace LstmSharp;

/// <summary>How often each class was taken for each: a row for every true class, a column for every predicted one.</summary>
public sealed class ConfusionMatrix : ClassMetric
{
    private readonly long[] _counts;
    private readonly long[] _undecided;

    /// <summary>Makes an empty matrix.</summary>
    /// <param name="classes">The number of classes, 1 to 30,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside its range.</exception>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 30_000);
        Classes = classes;
        _counts = new long[classes * classes];
        _undecided = new long[classes];
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>How many rows were counted: those whose target is not ignored.</summary>
    public long Total { get; private set; }

    /// <summary>The accuracy: the share of rows on the diagonal, from 0 to 1.</summary>
    public override double Value => Share(Sum(0, Classes + 1), Total);

    /// <inheritdoc/>
    public override bool LargerIsBetter => true;

    /// <summary>How many rows of a class were taken for a class.</summary>
    /// <param name="target">The true class, from 0.</param>
    /// <param name="predicted">The predicted class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long this[int target, int predicted] => _counts[(Checked(target) * Classes) + Checked(predicted)];

    /// <summary>How many rows of a class were taken for none, as they hold a NaN.</summary>
    /// <param name="target">The true class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long Undecided(int target) => _undecided[Checked(target)];

    /// <summary>The share of right ones among the rows that were taken for a class; NaN where there is none.</summary>
    /// <param name="predicted">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double Precision(int predicted) => Share(this[predicted, predicted], Sum(predicted, Classes));

    /// <summary>The share of the rows of a class that were recognized; NaN where there is none.</summary>
    /// <param name="target">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double Recall(int target) => Share(this[target, target], RowsOf(target));

    /// <summary>F1 of a class, 2·P·R / (P + R) of its precision and recall, from the counts: right ones twice, over the rows of the class
    /// and those that were taken for it. 0 where none is right, NaN where the class never came.</summary>
    /// <param name="number">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double F1(int number) => Share(2 * this[number, number], RowsOf(number) + Sum(number, Classes));

    /// <inheritdoc/>
    public override void Reset()
    {
        Array.Clear(_counts);
        Array.Clear(_undecided);
        Total = 0;
    }

    /// <summary>The matrix as a table; without the undecided rows.</summary>
    public override string ToString()
    {
        int width = Math.Max(_counts.Max().ToString(CultureInfo.InvariantCulture).Length, $"{Classes - 1}".Length) + 2;
        var text = new StringBuilder("true \\ predicted");
        int first = text.Length;
        for (int predicted = 0; predicted < Classes; predicted++)
        {
            text.Append(predicted.ToString(CultureInfo.InvariantCulture).PadLeft(width));
        }

        for (int target = 0; target < Classes; target++)
        {
            text.AppendLine().Append(target.ToString(CultureInfo.InvariantCulture).PadLeft(first));
            for (int predicted = 0; predicted < Classes; predicted++)
            {
                text.Append(this[target, predicted].ToString(CultureInfo.InvariantCulture).PadLeft(width));
            }
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target)
    {
        base.ThrowIfTargetsDoNotFit(prediction, target);
        TargetChecks.ThrowUnlessSoManyClasses(nameof(ConfusionMatrix), prediction, target, Classes);
    }

    private protected override void Count(int target, int predicted)
    {
        if (predicted < 0)
        {
            _undecided[target]++;
        }
        else
        {
            _counts[(target * Classes) + predicted]++;
        }

        Total++;
    }

    private int Checked(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Classes);
        return number;
    }

    private long RowsOf(int target) => TensorPrimitives.Sum<long>(_counts.AsSpan(target * Classes, Classes)) + Undecided(target);

    /// <summary>The sum of the counts that lie a stride apart.</summary>
    private long Sum(int first, int stride)
    {
        long sum = 0;
        for (int n = first; n < _counts.Length; n += stride)
        {
            sum += _counts[n];
        }

        return sum;
    }

    private static double Share(long part, long whole) => whole == 0 ? double.NaN : (double)part / whole;
}
