namespace LstmSharp;

/// <summary>The exponential of the losses' gradients.</summary>
internal static class LossExponential
{
    /// <summary>How many values a loss passes at once: they lie on its stack.</summary>
    public const int BlockLength = 256;

    /// <summary>Replaces every value by e to its power.</summary>
    public static void Exp(Span<float> values)
    {
        for (int n = 0; n < values.Length; n++)
        {
            values[n] = MathF.Exp(values[n]);
        }
    }
}
