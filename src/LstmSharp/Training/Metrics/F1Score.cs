namespace LstmSharp;

/// <summary>F1 of all classes, from 0 to 1; that of each one is <see cref="Of"/>.</summary>
/// <remarks>F1 of a class is 2·right / (its rows + the rows taken for it). A class that came neither as target nor as prediction has none,
/// and is left out of <see cref="F1Average.Macro"/>, as in scikit-learn. Rows whose target is <see cref="Loss.IgnoredTarget"/> count for
/// nothing; one with a NaN is taken for no class.</remarks>
public sealed class F1Score : ClassMetric
{
    private readonly long[] _right;
    private readonly long[] _rows;
    private readonly long[] _taken;

    /// <summary>Makes an empty metric.</summary>
    /// <param name="classes">The number of classes, 1 or more.</param>
    /// <param name="average">How <see cref="Metric.Value"/> takes the classes together. By default <see cref="F1Average.Macro"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of classes is below 1, or the average is no such value.</exception>
    public F1Score(int classes, F1Average average = F1Average.Macro)
    {
        Classes = Require.AtLeastOne(classes);
        Average = average is F1Average.Macro or F1Average.Micro
            ? average
            : throw new ArgumentOutOfRangeException(nameof(average), average, "F1Score: average must be Macro or Micro.");
        (_right, _rows, _taken) = (new long[classes], new long[classes], new long[classes]);
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>How the classes are taken together.</summary>
    public F1Average Average { get; }

    /// <inheritdoc/>
    public override string Settings => $"{base.Settings}({Average})";

    /// <inheritdoc/>
    public override double Value
    {
        get
        {
            if (Average == F1Average.Micro)
            {
                return Share(2 * _right.Sum(), _rows.Sum() + _taken.Sum());
            }

            double sum = 0;
            int present = 0;
            for (int k = 0; k < Classes; k++)
            {
                if (_rows[k] + _taken[k] > 0)
                {
                    sum += Of(k);
                    present++;
                }
            }

            return present == 0 ? double.NaN : sum / present;
        }
    }

    /// <inheritdoc/>
    public override bool LargerIsBetter => true;

    /// <summary>F1 of one class; NaN where it never came.</summary>
    /// <param name="number">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double Of(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Classes);
        return Share(2 * _right[number], _rows[number] + _taken[number]);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        Array.Clear(_right);
        Array.Clear(_rows);
        Array.Clear(_taken);
    }

    /// <inheritdoc/>
    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target)
    {
        base.ThrowIfTargetsDoNotFit(prediction, target);
        TargetChecks.ThrowUnlessSoManyClasses(nameof(F1Score), prediction, target, Classes);
    }

    private protected override void Count(int target, int predicted)
    {
        _rows[target]++;
        if (predicted >= 0)
        {
            _taken[predicted]++;
            _right[target] += target == predicted ? 1 : 0;
        }
    }

    private static double Share(long part, long whole) => whole == 0 ? double.NaN : (double)part / whole;
}
