namespace LstmSharp.Tests;

/// <summary>The gradient of a function told from nothing but its values.</summary>
internal static class CentralDifferences
{
    public const double Step = 1e-3;

    /// <summary>∂f/∂x for every entry of <paramref name="x"/>, which f reads; x is moved in place and put back.</summary>
    /// <remarks>D(s) = (f(x + s) − f(x − s)) / 2s errs by a multiple of s² and a smaller one of s⁴: Richardson's
    /// (4·D(s/2) − D(s)) / 3 cancels the first. With s = 1e-3 what remains, mostly rounding, is about 1e-12 of f.</remarks>
    public static double[] Gradient(Func<double> f, double[] x)
    {
        double[] gradient = new double[x.Length];
        for (int n = 0; n < x.Length; n++)
        {
            gradient[n] = (4 * Difference(f, x, n, Step / 2) - Difference(f, x, n, Step)) / 3;
        }

        return gradient;
    }

    private static double Difference(Func<double> f, double[] x, int n, double step)
    {
        double origin = x[n];
        x[n] = origin + step;
        double above = f();
        x[n] = origin - step;
        double below = f();
        x[n] = origin;
        return (above - below) / (2 * step);
    }
}
