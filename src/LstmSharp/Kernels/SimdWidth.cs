using System.Runtime.Intrinsics;

namespace LstmSharp.Kernels;

/// <summary>The vector width, in bits, that kernels run with. Results do not depend on it.</summary>
internal enum SimdWidth
{
    Bits128 = 128,
    Bits256 = 256,
    Bits512 = 512,
}

internal static class SimdWidths
{
    /// <summary>The widest vector this machine's hardware accelerates.</summary>
    public static SimdWidth Best { get; } =
        Vector512.IsHardwareAccelerated ? SimdWidth.Bits512
        : Vector256.IsHardwareAccelerated ? SimdWidth.Bits256
        : SimdWidth.Bits128;

    /// <summary>How many float32 values one vector of this width holds.</summary>
    public static int Lanes(this SimdWidth width) => (int)width / 32;
}
