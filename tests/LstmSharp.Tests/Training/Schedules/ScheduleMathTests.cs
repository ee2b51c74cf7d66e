using System.Globalization;
using CsCheck;

namespace LstmSharp.Tests.Training.Schedules;

public sealed class ScheduleMathTests
{
    private const decimal Pi = 3.1415926535897932384626433833m;
    private const int Parts = 1 << 20;

    [Fact]
    public void CosineOfPi_OverHalfAWave_IsWithinTheBound()
    {
        double worst = 0;
        for (int n = 0; n <= Parts; n += 61)
        {
            decimal error = Precise(ScheduleMath.CosineOfPi((double)n / Parts)) - Cosine(Pi * n / Parts);
            worst = Math.Max(worst, (double)Math.Abs(error));
        }

        worst.Should().BeLessThan(3e-16);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 0)]
    [InlineData(1, -1)]
    [InlineData(1.5, 0)]
    [InlineData(2, 1)]
    [InlineData(-7, -1)]
    [InlineData(1e15, 1)]
    [InlineData(1e15 + 0.5, 0)]
    public void CosineOfPi_AtHalves_IsExact(double x, double expected) => ScheduleMath.CosineOfPi(x).Should().Be(expected);

    [Fact]
    public void CosineOfPi_AnyArgument_IsEvenOfPeriodTwoAndOddAboutAHalf() =>
        Gen.Int[0, 4 * Parts].Sample(n =>
        {
            double x = (double)n / Parts, cosine = ScheduleMath.CosineOfPi(x);
            ScheduleMath.CosineOfPi(-x).Should().Be(cosine);
            ScheduleMath.CosineOfPi(x + 2).Should().Be(cosine);
            ScheduleMath.CosineOfPi(1 - x).Should().Be(-cosine);
            cosine.Should().BeInRange(-1, 1);
        });

    [Fact]
    public void Power_AnyExponent_IsTheProduct() =>
        Gen.Select(Gen.Double[0.5, 1], Gen.Int[0, 300]).Sample((x, n) =>
        {
            double product = 1;
            for (int k = 0; k < n; k++)
            {
                product *= x;
            }

            ScheduleMath.Power(x, n).Should().BeApproximately(product, product * 1e-13);
        });

    [Fact]
    public void Power_MillionsOfSteps_IsAsAccurateAsFloatNeeds() =>
        ScheduleMath.Power(1 - 1e-6, 5_000_000).Should().BeApproximately(Math.Exp(5_000_000 * -1.0000005000003333e-6), 1e-11);

    /// <summary>A double to 20 decimals, where the cast keeps 15 digits.</summary>
    private static decimal Precise(double value) =>
        decimal.Parse(value.ToString("F20", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static decimal Cosine(decimal y)
    {
        decimal term = 1, sum = 1;
        for (int k = 1; k < 40; k++)
        {
            term *= -y * y / ((2 * k) - 1) / (2 * k);
            sum += term;
        }

        return sum;
    }
}
