namespace LstmSharp.Tests.Training;

public sealed class NaturalLogarithmTests
{
    [Fact]
    public void Of_NumbersOfEverySize_IsWithinThreeSpacingsOfThePlatforms()
    {
        var random = new Random(1);
        double worst = 0;
        for (int n = 0; n < 200_000; n++)
        {
            double mantissa = 1 + random.NextDouble();
            worst = Math.Max(worst, Spacings(mantissa)); // the arguments of the binary cross-entropy
            worst = Math.Max(worst, Spacings(Math.ScaleB(mantissa, random.Next(-1022, 1024))));
        }

        worst.Should().BeLessThanOrEqualTo(3);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NaN, double.NaN)]
    public void Of_SpecialValue_IsExact(double x, double expected) => NaturalLogarithm.Of(x).Should().Be(expected);

    private static double Spacings(double x)
    {
        double expected = Math.Log(x);
        return Math.Abs(NaturalLogarithm.Of(x) - expected) / (Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected));
    }
}
