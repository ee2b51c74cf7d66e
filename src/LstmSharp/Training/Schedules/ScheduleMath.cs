namespace LstmSharp;

/// <summary>What schedules need of mathematics, from additions and multiplications alone: the same bits on every platform, which
/// <see cref="Math.Cos"/> and <see cref="Math.Pow"/> do not promise.</summary>
internal static class ScheduleMath
{
    private const double Quarter = 0.25;
    private const double ThreeQuarters = 0.75;
    private const int LastTerm = 20;

    /// <summary>Computes cos(π·x); exact at 0, ½, 1 and so on, elsewhere within 3·10⁻¹⁶.</summary>
    /// <remarks>cos is even and of period 2, which brings x to 0…1 without rounding. There:
    /// <code>
    /// (1) x ≤ ¼       cos(πx) = 1 − y²/2! + y⁴/4! − …,  y = π·x
    /// (2) ¼ &lt; x &lt; ¾   cos(πx) = y − y³/3! + y⁵/5! − …,  y = π·(½ − x)
    /// (3) x ≥ ¾       cos(πx) = −cos(π·(1 − x))
    /// </code>
    /// where |y| ≤ π/4, so that the first term left out is below 10⁻¹⁹.</remarks>
    /// <param name="x">A finite number of magnitude below 2⁵².</param>
    public static double CosineOfPi(double x)
    {
        x = Math.Abs(x);
        x -= 2 * Math.Floor(x / 2);
        x = x > 1 ? 2 - x : x;
        return x <= Quarter ? Series(Math.PI * x, LastTerm)
            : x < ThreeQuarters ? Math.PI * (0.5 - x) * Series(Math.PI * (0.5 - x), LastTerm + 1)
            : -Series(Math.PI * (1 - x), LastTerm);
    }

    /// <summary>Computes xⁿ by squaring, with a relative error of about n·10⁻¹⁶.</summary>
    /// <param name="x">The base.</param>
    /// <param name="n">The exponent, 0 or more.</param>
    public static double Power(double x, long n)
    {
        double power = 1;
        for (; n > 0; n >>= 1, x *= x)
        {
            power = (n & 1) == 0 ? power : power * x;
        }

        return power;
    }

    /// <summary>Runs from one rate to another along half a wave of the cosine.</summary>
    /// <param name="from">The rate at 0.</param>
    /// <param name="to">The rate at 1.</param>
    /// <param name="progress">How far it is.</param>
    public static double Anneal(double from, double to, double progress) => to + ((from - to) / 2 * (1 + CosineOfPi(progress)));

    /// <summary>1 − y²/((k−1)·k)·(1 − y²/((k−3)·(k−2))·(…)) with k = lastTerm: the cosine for an even k, sin(y)/y for an odd one.</summary>
    private static double Series(double y, int lastTerm)
    {
        double square = y * y, sum = 1;
        for (int k = lastTerm; k > 1; k -= 2)
        {
            sum = 1 - (square / ((k - 1.0) * k) * sum);
        }

        return sum;
    }
}
