using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LstmSharp.Kernels;

/// <summary>e^x over a block of values.</summary>
internal static unsafe class ExponentialKernel
{
    /// <summary>The length of a block: a multiple of every vector's lanes, small enough for the stack.</summary>
    public const int BlockLength = 256;

    /// <summary>Replaces the first values of a whole block by e to their power; those after them may change too.</summary>
    public static void Exp(SimdWidth width, Span<float> block, int count)
    {
        Debug.Assert(block.Length == BlockLength && count <= BlockLength);
        switch (width)
        {
            case SimdWidth.Bits512:
                Run<Simd512, Vector512<float>>(block, count);
                break;
            case SimdWidth.Bits256:
                Run<Simd256, Vector256<float>>(block, count);
                break;
            default:
                Run<Simd128, Vector128<float>>(block, count);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSimd, TVector>(Span<float> block, int count)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        fixed (float* values = block)
        {
            for (int n = 0; n < count; n += TSimd.Lanes)
            {
                TSimd.Store(ElementaryFunctions<TSimd, TVector>.Exp(TSimd.Load(values + n)), values + n);
            }
        }
    }
}
