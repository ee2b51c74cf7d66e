using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Keeps gradients from growing without bound, as recurrent networks' gradients may.</summary>
/// <remarks>Source: Pascanu, Mikolov and Bengio 2013.</remarks>
public static class GradientClipping
{
    /// <summary>Added to the norm before dividing, as in PyTorch.</summary>
    private const double NormOffset = 1e-6;

    private const float TwoToThe64 = 18446744073709551616f;

    /// <summary>Scales all gradients by min(1, maximumNorm / (norm + 10⁻⁶)), where norm is that of all values together.</summary>
    /// <param name="gradients">The gradients to scale.</param>
    /// <param name="maximumNorm">The largest norm to let pass; positive.</param>
    /// <returns>The norm before scaling. Where it is not finite because a gradient is not, nothing was scaled; +∞ for finite gradients
    /// means a norm above the largest float32, and these were scaled.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="gradients"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumNorm"/> is not a positive finite number.</exception>
    public static float ByGlobalNorm(ParameterSet gradients, float maximumNorm)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        Require.Positive(maximumNorm);
        double norm = GlobalNorm(gradients);
        ScaleToNorm(gradients, norm, maximumNorm);
        return (float)norm;
    }

    /// <summary>Limits every gradient value to within −limit to +limit; NaN stays NaN.</summary>
    /// <param name="gradients">The gradients to limit.</param>
    /// <param name="limit">The largest magnitude to let pass; positive.</param>
    /// <exception cref="ArgumentNullException"><paramref name="gradients"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not a positive finite number.</exception>
    public static void ByValue(ParameterSet gradients, float limit)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        Require.Positive(limit);
        for (int n = 0; n < gradients.Count; n++)
        {
            gradients[n].Edit(limit, static (values, limit) => TensorPrimitives.Clamp(values, -limit, limit, values));
        }
    }

    /// <summary>The square root of the sum of all squares, in double: not finite exactly where a gradient is not.</summary>
    internal static double GlobalNorm(ParameterSet gradients)
    {
        double sum = 0;
        for (int n = 0; n < gradients.Count; n++)
        {
            sum += NormKernels.SumOfSquares(gradients[n].Values);
        }

        return Math.Sqrt(sum);
    }

    internal static void ScaleToNorm(ParameterSet gradients, double norm, float maximumNorm)
    {
        double coefficient = maximumNorm / (norm + NormOffset);
        if (!double.IsFinite(norm) || coefficient >= 1)
        {
            return;
        }

        // A norm near the largest float32 gives a coefficient among the subnormal numbers: reach it in two exact halves.
        bool tiny = coefficient < 1 / (double)TwoToThe64;
        float factor = (float)(tiny ? coefficient * TwoToThe64 : coefficient);
        for (int n = 0; n < gradients.Count; n++)
        {
            if (tiny)
            {
                Scale(gradients[n], 1 / TwoToThe64);
            }

            Scale(gradients[n], factor);
        }
    }

    private static void Scale(Parameter gradient, float factor) =>
        gradient.Edit(factor, static (values, factor) => TensorPrimitives.Multiply(values, factor, values));
}
