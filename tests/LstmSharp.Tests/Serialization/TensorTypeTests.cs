namespace LstmSharp.Tests.Serialization;

/// <summary>The conversions between a file's numbers and float32, against their definitions in double.</summary>
public sealed class TensorTypeTests
{
    [Theory]
    [InlineData("F16", 10, 15)]
    [InlineData("BF16", 7, 127)]
    public void ToFloats_EachOfThe65536Numbers_IsSignTimesFractionTimesPowerOfTwo(string type, int fractionBits, int bias)
    {
        byte[] bytes = [.. Enumerable.Range(0, 1 << 16).SelectMany(bits => BitConverter.GetBytes((ushort)bits))];
        float[] values = new float[1 << 16];

        TensorType.ToFloats(type, bytes, values);

        for (int bits = 0; bits < values.Length; bits++)
        {
            int exponent = (bits & 0x7FFF) >> fractionBits, fraction = bits & ((1 << fractionBits) - 1);
            double sign = bits >> 15 == 0 ? 1 : -1;
            double expected = exponent == (2 * bias) + 1 ? (fraction == 0 ? sign * double.PositiveInfinity : double.NaN)
                : exponent == 0 ? sign * fraction * Math.Pow(2, 1 - bias - fractionBits)
                : sign * ((1 << fractionBits) + fraction) * Math.Pow(2, exponent - bias - fractionBits);
            ((double)values[bits]).Should().Be(expected);
            float.IsNegative(values[bits]).Should().Be(sign < 0);
        }
    }

    [Theory]
    [InlineData(0.0, 0f)]
    [InlineData(-1e-46, -0f)]
    [InlineData(1 + (1.0 / (1 << 24)), 1f)]                                   // half of a step: to the even neighbour, below
    [InlineData(1 + (3.0 / (1 << 24)), 1 + (2f / (1 << 23)))]                 // and above
    [InlineData(1 + (1.0 / (1 << 24)) + (1.0 / (1L << 50)), 1 + (1f / (1 << 23)))]
    [InlineData(3.4028235677973362e38, float.MaxValue)]                       // the last that is not rounded to infinity
    [InlineData(1e-46, 0f)]
    [InlineData(1.5e-45, float.Epsilon)]
    [InlineData(double.NegativeInfinity, float.NegativeInfinity)]
    [InlineData(double.NaN, float.NaN)]
    public void ToFloats_OfF64_RoundsToTheNearestTiesToEven(double number, float expected)
    {
        float[] values = new float[1];

        TensorType.ToFloats("F64", BitConverter.GetBytes(number), values);

        BitConverter.SingleToInt32Bits(values[0]).Should().Be(BitConverter.SingleToInt32Bits(expected));
        TensorType.FirstOverflow("F64", BitConverter.GetBytes(number), values).Should().Be(-1);
    }

    [Theory]
    [InlineData(3.4028235677973366e38)]
    [InlineData(-1e39)]
    [InlineData(double.MaxValue)]
    public void FirstOverflow_NumberThatFloatCannotHold_IsFound(double number)
    {
        byte[] bytes = [.. BitConverter.GetBytes(double.PositiveInfinity), .. BitConverter.GetBytes(number)];
        float[] values = new float[2];

        TensorType.ToFloats("F64", bytes, values);

        TensorType.FirstOverflow("F64", bytes, values).Should().Be(1);
    }

    [Fact]
    public void ToBytes_OfBF16_IsTheNearestOfAllItsNumbers()
    {
        float[] all = [.. Enumerable.Range(0, 0x7F80).Select(upper => BitConverter.Int32BitsToSingle(upper << 16))];
        var random = new Random(1);
        for (int n = 0; n < 20_000; n++)
        {
            float value = BitConverter.Int32BitsToSingle(random.Next(0, 0x7F7F0000));
            int below = BitConverter.SingleToInt32Bits(value) >> 16;
            double toBelow = (double)value - all[below], toAbove = (double)all[below + 1] - value;
            int expected = toBelow < toAbove ? below : toBelow > toAbove ? below + 1 : below + (below & 1);

            ToBFloat16(value).Should().Be((ushort)expected);
            ToBFloat16(-value).Should().Be((ushort)(expected | 0x8000));
        }
    }

    [Theory]
    [InlineData(0x3F800000, 0x3F80)]    // 1
    [InlineData(0x3F808000, 0x3F80)]    // half of a step above 1: to even
    [InlineData(0x3F818000, 0x3F82)]
    [InlineData(0x7F7F7FFF, 0x7F7F)]    // the last that is not rounded to infinity
    [InlineData(0x7F7F8000, 0x7F80)]
    [InlineData(0x7F800000, 0x7F80)]
    [InlineData(unchecked((int)0xFF800000), 0xFF80)]
    [InlineData(0x7F800001, 0x7FC0)]    // NaN with nothing in the upper half: stays NaN
    [InlineData(unchecked((int)0xFFFFFFFF), 0xFFFF)]
    [InlineData(unchecked((int)0x80000000), 0x8000)]
    public void ToBytes_OfBF16_KeepsTheKindOfNumber(int bits, int expected) =>
        ToBFloat16(BitConverter.Int32BitsToSingle(bits)).Should().Be((ushort)expected);

    private static ushort ToBFloat16(float value)
    {
        byte[] bytes = new byte[2];
        TensorType.ToBytes(WeightType.BF16, [value], bytes);
        return BitConverter.ToUInt16(bytes);
    }
}
