using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LstmSharp;

/// <summary>A loss of every value, a function of d = prediction − target.</summary>
/// <remarks>Computed in double, many elements at a time. Element n belongs to sum n mod 16, and the sixteen are added in one fixed
/// order, so the number of elements alone sets the order, on every machine.</remarks>
internal sealed class DifferenceLoss<TFunction>(TFunction function) : Loss<float>
    where TFunction : struct, IDifferenceFunction
{
    /// <summary>How many elements one round takes.</summary>
    private const int Round = 16;

    public override string ToString() => function.ToString()!;

    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) =>
        TargetChecks.ThrowUnlessOnePerValue(this, prediction, target);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override double ComputeSum(
        ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, double divisor)
    {
        double share = 1 / divisor;
        Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int n = 0;
        for (; n <= prediction.Length - Round; n += Round)
        {
            Vector256<float> low = Half(prediction[n..], target[n..], share, ref sum0, ref sum1);
            Vector256<float> high = Half(prediction[(n + 8)..], target[(n + 8)..], share, ref sum2, ref sum3);
            if (!gradient.IsEmpty)
            {
                low.CopyTo(gradient[n..]);
                high.CopyTo(gradient[(n + 8)..]);
            }
        }

        if (n < prediction.Length)
        {
            Span<float> predictions = stackalloc float[Round], targets = stackalloc float[Round], gradients = stackalloc float[Round];
            predictions.Clear();
            targets.Clear();
            prediction[n..].CopyTo(predictions);
            target[n..].CopyTo(targets);
            Half(predictions, targets, share, ref sum0, ref sum1).CopyTo(gradients);
            Half(predictions[8..], targets[8..], share, ref sum2, ref sum3).CopyTo(gradients[8..]);
            if (!gradient.IsEmpty)
            {
                gradients[..(prediction.Length - n)].CopyTo(gradient[n..]);
            }
        }

        Vector256<double> sum = sum0 + sum1 + (sum2 + sum3);
        return sum[0] + sum[1] + (sum[2] + sum[3]);
    }

    /// <summary>Adds eight elements to their sums.</summary>
    /// <returns>Their gradients.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Half(
        ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, double share, ref Vector256<double> low, ref Vector256<double> high)
    {
        (Vector256<double> low, Vector256<double> high) p = Vector256.Widen(Vector256.Create(prediction));
        (Vector256<double> low, Vector256<double> high) t = Vector256.Widen(Vector256.Create(target));
        Vector256<double> lowDifference = p.low - t.low, highDifference = p.high - t.high;
        low += function.Value(lowDifference);
        high += function.Value(highDifference);
        return Vector256.Narrow(function.Slope(lowDifference) * share, function.Slope(highDifference) * share);
    }
}

/// <summary>A function of differences and its derivative; 0 for a difference of 0.</summary>
internal interface IDifferenceFunction
{
    Vector256<double> Value(Vector256<double> difference);

    Vector256<double> Slope(Vector256<double> difference);
}

internal readonly struct SquaredDifference : IDifferenceFunction
{
    public Vector256<double> Value(Vector256<double> difference) => difference * difference;

    public Vector256<double> Slope(Vector256<double> difference) => difference + difference;

    public override string ToString() => nameof(Loss.MeanSquaredError);
}

internal readonly struct AbsoluteDifference : IDifferenceFunction
{
    public Vector256<double> Value(Vector256<double> difference) => Vector256.Abs(difference);

    /// <summary>±1, and 0 or NaN for a difference that is 0 or NaN.</summary>
    public Vector256<double> Slope(Vector256<double> difference) =>
        Vector256.ConditionalSelect(
            Vector256.GreaterThan(Vector256.Abs(difference), Vector256<double>.Zero),
            Vector256.CopySign(Vector256<double>.One, difference),
            difference * Vector256<double>.Zero);

    public override string ToString() => nameof(Loss.MeanAbsoluteError);
}

internal readonly struct HuberDifference(float delta) : IDifferenceFunction
{
    public Vector256<double> Value(Vector256<double> difference)
    {
        Vector256<double> size = Vector256.Abs(difference), limit = Vector256.Create((double)delta);
        return Vector256.ConditionalSelect(
            Vector256.LessThan(size, limit), difference * difference * 0.5, limit * (size - (limit * 0.5)));
    }

    public Vector256<double> Slope(Vector256<double> difference) =>
        Vector256.Max(Vector256.Min(difference, Vector256.Create((double)delta)), Vector256.Create(-(double)delta));

    public override string ToString() => FormattableString.Invariant($"{nameof(Loss.Huber)}(delta {delta})");
}
