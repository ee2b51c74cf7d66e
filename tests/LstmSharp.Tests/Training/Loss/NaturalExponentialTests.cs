namespace LstmSharp.Tests.Training;

public sealed class NaturalExponentialTests
{
    [Fact]
    public void Of_NumbersOfEverySize_IsWithinFourSpacingsOfThePlatforms()
    {
        Random random = new(1);
        double worst = 0;
        for (int n = 0; n < 200_000; n++)
        {
            double x = n % 2 == 0 ? (random.NextDouble() * 1418) - 708.39 : (random.NextDouble() * 4) - 2;
            x = Math.Min(x, 709.78);
            double expected = Math.Exp(x);
            worst = Math.Max(worst, Math.Abs(NaturalExponential.Of(x) - expected) / (Math.BitIncrement(expected) - expected));
        }

        worst.Should().BeLessThanOrEqualTo(4);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(-800, 0)]
    [InlineData(800, double.PositiveInfinity)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NaN, double.NaN)]
    public void Of_SpecialValue_IsExact(double x, double expected) => NaturalExponential.Of(x).Should().Be(expected);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1e-30, 1e-30)]
    [InlineData(1e-8, 9.9999999500000003e-9)]
    [InlineData(0.4, 0.33647223662121293)]
    [InlineData(1, 0.69314718055994531)]
    public void OfOnePlus_TinyAndOtherNumbers_KeepsAllDigits(double x, double expected) =>
        NaturalLogarithm.OfOnePlus(x).Should().BeApproximately(expected, 4e-16 * expected);

    [Fact]
    public void OfOnePlus_NaN_IsNaN() => NaturalLogarithm.OfOnePlus(double.NaN).Should().Be(double.NaN);
}
