using LstmSharp.Kernels;

namespace LstmSharp.Tests.Kernels;

public sealed class ExponentialKernelTests
{
    [Theory]
    [InlineData((int)SimdWidth.Bits128)]
    [InlineData((int)SimdWidth.Bits256)]
    [InlineData((int)SimdWidth.Bits512)]
    public void Exp_EveryCount_ReachesEveryValueWithTheSameBits(int width)
    {
        float[] values = RandomValues.Uniform(new Random(2), ExponentialKernel.BlockLength, scale: 20), whole = [.. values];
        ExponentialKernel.Exp(SimdWidth.Bits128, whole, whole.Length);
        double[] relative = [.. values.Select((x, n) => Math.Abs((whole[n] / Math.Exp(x)) - 1))];
        relative.Should().OnlyContain(error => error < 3e-7);

        for (int count = 0; count <= values.Length; count++)
        {
            float[] block = [.. values];
            ExponentialKernel.Exp((SimdWidth)width, block, count);
            block[..count].AsSpan().SequenceEqual(whole.AsSpan(0, count)).Should().BeTrue();
        }
    }
}
