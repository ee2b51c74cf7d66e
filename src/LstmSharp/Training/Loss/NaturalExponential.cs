namespace LstmSharp;

/// <summary>e^x in double for losses and metrics, from additions and multiplications alone: the same bits on every platform, which
/// <see cref="Math.Exp(double)"/> does not promise.</summary>
/// <remarks>With n = round(x / ln 2) and r = x − n·ln 2, |r| ≤ 0.3466:
/// <code>
/// (1) e^x = 2ⁿ·e^r
/// (2) e^r = 1 + r + r²/2! + … + r¹⁴/14!, the next term being below 1e-19
/// </code>
/// ln 2 is taken off in two parts, the first of which has so few digits that n times it is exact.</remarks>
internal static class NaturalExponential
{
    /// <summary>From here on the result is +∞.</summary>
    private const double Largest = 709.782712893384;

    /// <summary>Up to here the result is 0: a number below every normal one.</summary>
    private const double Smallest = -708.39;

    private const double InverseOfLn2 = 1.44269504088896341;
    private const double Ln2High = 0.693147180369123816; // 33 bits
    private const double Ln2Low = 1.90821492927058770e-10;
    private const int LastTerm = 14;

    /// <summary>Computes e^x; 0 where it would be below the normal numbers, NaN of NaN.</summary>
    public static double Of(double x)
    {
        if (!(x > Smallest && x < Largest))
        {
            return x >= Largest ? double.PositiveInfinity : x <= Smallest ? 0 : x;
        }

        double n = Math.Round(x * InverseOfLn2);
        double r = x - (n * Ln2High) - (n * Ln2Low), series = 1;
        for (int term = LastTerm; term > 0; term--)
        {
            series = 1 + (r * series / term); // (2)
        }

        return Math.ScaleB(series, (int)n); // (1)
    }
}
