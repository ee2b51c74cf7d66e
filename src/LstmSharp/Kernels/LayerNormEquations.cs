namespace LstmSharp.Kernels;

/// <summary>Layer normalization of one row of n values, in double: where values hardly differ, their differences are all there is, and on
/// the way back almost everything cancels. Sums go in the order of the units.</summary>
/// <remarks><code>
/// (1) μ = Σ x / n
/// (2) σ² = Σ (x − μ)² / n
/// (3) r = 1 / √(σ² + ε)
/// (4) x̂ = (x − μ) · r
/// (5) y = γ ⊙ x̂ + β
/// </code></remarks>
internal static class LayerNormEquations
{
    private const double Epsilon = 1e-5;

    /// <summary>Runs the equations.</summary>
    /// <returns>μ and r.</returns>
    public static (double Mean, double Scale) Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, Span<float> y)
    {
        double sum = 0, squares = 0;
        foreach (float value in x)
        {
            sum += value;
        }

        double mean = sum / x.Length; // (1)
        foreach (float value in x)
        {
            squares += (value - mean) * (value - mean); // (2)
        }

        double scale = 1 / Math.Sqrt((squares / x.Length) + Epsilon); // (3)
        for (int n = 0; n < x.Length; n++)
        {
            y[n] = (float)((gain[n] * ((x[n] - mean) * scale)) + bias[n]); // (4) (5)
        }

        return (mean, scale);
    }

    /// <summary>The gradient of x: with g = γ ⊙ dy, dx = r · (g − Σ g / n − x̂ · Σ (g ⊙ x̂) / n).</summary>
    /// <param name="x">The row.</param>
    /// <param name="gain">γ.</param>
    /// <param name="mean">μ.</param>
    /// <param name="scale">r.</param>
    /// <param name="gradient">dy in, dx out.</param>
    public static void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> gain, double mean, double scale, Span<float> gradient)
    {
        double sum = 0, product = 0;
        for (int n = 0; n < x.Length; n++)
        {
            double g = (double)gain[n] * gradient[n]; // ∂(5)
            sum += g;
            product += g * ((x[n] - mean) * scale);
        }

        (sum, product) = (sum / x.Length, product / x.Length);
        for (int n = 0; n < x.Length; n++)
        {
            double g = (double)gain[n] * gradient[n];
            gradient[n] = (float)(scale * (g - sum - ((x[n] - mean) * scale * product))); // ∂(4) to ∂(1)
        }
    }

    /// <summary>Adds what some units of a row give to the gradients of the weights: dγ = Σ dy ⊙ x̂ and dβ = Σ dy over all rows.</summary>
    public static void AddWeightGradients(
        ReadOnlySpan<float> x, double mean, double scale, ReadOnlySpan<float> gradient, Span<double> gain, Span<double> bias)
    {
        for (int n = 0; n < x.Length; n++)
        {
            gain[n] += gradient[n] * ((x[n] - mean) * scale); // ∂(5)
            bias[n] += gradient[n];
        }
    }
}
