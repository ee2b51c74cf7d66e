namespace LstmSharp.Tests;

/// <summary>The three products of a row-major matrix W [R, K] that forward and backward need, each added to its destination.</summary>
internal static class ReferenceProduct
{
    /// <summary>y += W·x.</summary>
    public static void Add(double[] w, ReadOnlySpan<double> x, Span<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(w.Length, y.Length * x.Length);
        for (int r = 0; r < y.Length; r++)
        {
            for (int k = 0; k < x.Length; k++)
            {
                y[r] += w[r * x.Length + k] * x[k];
            }
        }
    }

    /// <summary>dx += Wᵀ·dy.</summary>
    public static void AddTransposed(double[] w, ReadOnlySpan<double> dy, Span<double> dx)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(w.Length, dy.Length * dx.Length);
        for (int r = 0; r < dy.Length; r++)
        {
            for (int k = 0; k < dx.Length; k++)
            {
                dx[k] += w[r * dx.Length + k] * dy[r];
            }
        }
    }

    /// <summary>dW += dy·xᵀ.</summary>
    public static void AddOuter(ReadOnlySpan<double> dy, ReadOnlySpan<double> x, double[] dw)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(dw.Length, dy.Length * x.Length);
        for (int r = 0; r < dy.Length; r++)
        {
            for (int k = 0; k < x.Length; k++)
            {
                dw[r * x.Length + k] += dy[r] * x[k];
            }
        }
    }

    /// <summary>sum += x.</summary>
    public static void Add(ReadOnlySpan<double> x, Span<double> sum)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, sum.Length);
        for (int k = 0; k < x.Length; k++)
        {
            sum[k] += x[k];
        }
    }
}
