using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LstmSharp.Kernels;

/// <summary>The sum of squares of float32 values, in double.</summary>
internal static class NormKernels
{
    /// <summary>How many values one round takes: four sums of four lanes, on every machine.</summary>
    private const int Round = 16;

    /// <summary>Computes Σ x², which neither overflows nor loses small values; not finite exactly where a value is not.</summary>
    /// <remarks>Value n belongs to sum n mod 16, and the sixteen are added in one fixed order, so only the length sets the order.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(ReadOnlySpan<float> values)
    {
        Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        while (values.Length >= Round)
        {
            AddSquares(values, ref sum0, ref sum1);
            AddSquares(values[(Round / 2)..], ref sum2, ref sum3);
            values = values[Round..];
        }

        if (!values.IsEmpty)
        {
            Span<float> padded = stackalloc float[Round];
            padded.Clear();
            values.CopyTo(padded);
            AddSquares(padded, ref sum0, ref sum1);
            AddSquares(padded[(Round / 2)..], ref sum2, ref sum3);
        }

        Vector256<double> sum = sum0 + sum1 + (sum2 + sum3);
        return sum[0] + sum[1] + (sum[2] + sum[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSquares(ReadOnlySpan<float> values, ref Vector256<double> low, ref Vector256<double> high)
    {
        (Vector256<double> first, Vector256<double> second) = Vector256.Widen(Vector256.Create(values));
        low += first * first;
        high += second * second;
    }
}
