using System.Diagnostics;

namespace LstmSharp;

/// <summary>ln x in double for the losses' values, from additions, multiplications and divisions alone: the same bits on every
/// platform, which <see cref="Math.Log(double)"/> does not promise.</summary>
/// <remarks>With x = 2ⁿ·m, √½ ≤ m &lt; √2, and s = (m − 1) / (m + 1), |s| ≤ 0.1716:
/// <code>
/// (1) ln x = n·ln 2 + ln m
/// (2) ln m = 2·atanh(s) = 2·(s + s³/3 + s⁵/5 + … + s²³/23), the next term being below 6e-21
/// </code></remarks>
internal static class NaturalLogarithm
{
    private const double Ln2 = 0.693147180559945309;
    private const double HalfRoot = 0.707106781186547524;
    private const int MantissaBits = 52;
    private const int ExponentBias = 1023;
    private const int LastTerm = 23;

    /// <summary>√2 − 1, up to which 1 + x is an m of (2).</summary>
    private const double LargestOfSeries = 0.414213562373095049;

    /// <summary>Computes ln x; +∞ and NaN stay as they are.</summary>
    /// <param name="x">A normal positive number, +∞ or NaN.</param>
    public static double Of(double x)
    {
        if (!double.IsFinite(x))
        {
            return x;
        }

        Debug.Assert(double.IsNormal(x) && x > 0);
        long bits = BitConverter.DoubleToInt64Bits(x);
        long exponent = (bits >> MantissaBits) - ExponentBias + 1;
        double m = BitConverter.Int64BitsToDouble(bits - (exponent << MantissaBits)); // in [½, 1)
        if (m < HalfRoot)
        {
            m *= 2;
            exponent--;
        }

        return (exponent * Ln2) + TwiceArtanh((m - 1) / (m + 1)); // (1), (2)
    }

    /// <summary>Computes ln(1 + x), for a tiny x to all its digits.</summary>
    /// <param name="x">0 or above, or NaN.</param>
    public static double OfOnePlus(double x) => x <= LargestOfSeries ? TwiceArtanh(x / (2 + x)) : Of(1 + x); // (2) with m = 1 + x

    private static double TwiceArtanh(double s)
    {
        double square = s * s, series = 0;
        for (int term = LastTerm; term > 1; term -= 2)
        {
            series = (series + (1.0 / term)) * square;
        }

        return 2 * (s + (s * series));
    }
}
