using LstmSharp.Kernels;

namespace LstmSharp.Tests.Kernels;

public sealed unsafe class PanelProductTests
{
    [Theory]
    [InlineData((int)SimdWidth.Bits128)]
    [InlineData((int)SimdWidth.Bits256)]
    [InlineData((int)SimdWidth.Bits512)]
    public void Run_EverySizeTo130_IsOneChainOfFusedMultiplyAdds(int width)
    {
        for (int columns = 1; columns <= 130; columns++)
        {
            Check((SimdWidth)width, rows: 1 + (columns % 13), depth: 1 + (columns % 7), columns, gates: 1);
        }
    }

    [Theory]
    [InlineData((int)SimdWidth.Bits128)]
    [InlineData((int)SimdWidth.Bits256)]
    [InlineData((int)SimdWidth.Bits512)]
    public void Run_InterleavedGates_AreTheSameChains(int width)
    {
        for (int units = 1; units <= 67; units++)
        {
            Check((SimdWidth)width, rows: 1 + (units % 14), depth: 1 + (units % 5), units, gates: 4);
        }
    }

    [Fact]
    public void Run_MoreRowsThanABlock_ContinuesWithTheNext() =>
        Check(SimdWidth.Bits256, rows: 96 + 96 + 5, depth: 3, units: 40, gates: 1);

    private static void Check(SimdWidth width, int rows, int depth, int units, int gates)
    {
        var random = new Random((rows * 1000) + units);
        float[] weights = RandomValues.Uniform(random, gates * units * depth), bias = RandomValues.Uniform(random, gates * units);
        float[] left = RandomValues.Uniform(random, rows * depth);
        Parameter weightParameter = new("w", gates * units, depth), biasParameter = new("b", gates * units);
        weightParameter.CopyFrom(weights);
        biasParameter.CopyFrom(bias);
        var packed = new PackedWeights(weightParameter, gates, PackingOrder.Forward);
        var biasRows = new PackedWeights(biasParameter, gates, PackingOrder.Bias);
        int stride = gates * Panels.RowStride(units);
        var buffer = new AlignedBuffer();
        float* result = buffer.Reserve((rows + 1) * stride);
        const float Untouched = 77;
        new Span<float>(result + (rows * stride), stride).Fill(Untouched);
        fixed (float* values = left)
        {
            var panels = Panels.OfGates(width, gates, units);
            var product = new Product
            {
                Initial = panels.In(biasRows.For(width), rowStride: 0),
                Result = panels.In(result, stride),
                Rows = rows,
                Panels = panels,
            };
            product.Append(Segment.OfPacked(width, values, depth, depth, packed.For(width)));
            PanelProduct.Run(width, product, default(NoEpilogue));
        }

        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < gates * units; column++)
            {
                float expected = bias[column];
                for (int k = 0; k < depth; k++)
                {
                    expected = MathF.FusedMultiplyAdd(left[(row * depth) + k], weights[(column * depth) + k], expected);
                }

                int place = (column / units * Panels.RowStride(units)) + (column % units);
                float actual = result[(row * stride) + place];
                BitConverter.SingleToInt32Bits(actual).Should().Be(BitConverter.SingleToInt32Bits(expected));
            }
        }

        new ReadOnlySpan<float>(result + (rows * stride), stride).IndexOfAnyExcept(Untouched).Should().Be(-1);
        GC.KeepAlive(buffer);
        GC.KeepAlive(packed);
        GC.KeepAlive(biasRows);
    }
}
