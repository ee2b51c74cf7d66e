// <install-width>
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
// </install-width>

namespace Documentation;

/// <summary>The example of docs/guide/install.md.</summary>
public sealed class InstallSnippets
{
    [Fact]
    public void Width_OfThisMachine_IsWhatTheKernelsRunWith()
    {
        // <install-width>
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        string multiplyAdd = Fma.IsSupported || AdvSimd.IsSupported ? "fused multiply-add" : "no fused multiply-add: slow";
        Console.WriteLine($"{bits} bits, {multiplyAdd}");
        // </install-width>

        bits.Should().Be((int)LstmSharp.Kernels.SimdWidths.Best);
        multiplyAdd.Should().StartWith(Fma.IsSupported || AdvSimd.IsSupported ? "fused" : "no");
    }
}
