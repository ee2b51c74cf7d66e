using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>Keeps states and gradients that fade away from becoming subnormal numbers, which many processors compute slowly.</summary>
internal static class SubnormalGuard<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>The number before 2^−70, so that no sum is a tie. What is rounded to its spacing is 0 or at least 2^−94, so its product with a
    /// weight is a normal number, too.</summary>
    private const float Guard = 8.470329e-22f;

    /// <summary>The value, rounded to a multiple of 2^−94 where it is far below 2^−70: a state or gradient of that size is nothing
    /// beside those near 1. Values from 2^−46 on pass unchanged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Round(TVector value)
    {
        TVector guard = TSimd.Broadcast(Guard);
        return TSimd.Subtract(TSimd.Add(value, guard), guard);
    }
}
