namespace LstmSharp;

/// <summary>A loss before the division: Σ w·l and Σ w of one batch, or of many, added in their order.</summary>
/// <param name="Sum">Σ w·l.</param>
/// <param name="Weight">Σ w.</param>
internal readonly record struct LossSum(double Sum, double Weight)
{
    /// <summary>Σ w·l / Σ w; NaN where nothing counts.</summary>
    public double Mean => Weight == 0 ? double.NaN : Sum / Weight;

    /// <summary>The mean in float32. A finite one beyond the largest float32 becomes the largest, so that only what is not finite looks
    /// like it.</summary>
    public float Value => ToSingle(Mean);

    public static LossSum operator +(LossSum left, LossSum right) => new(left.Sum + right.Sum, left.Weight + right.Weight);

    /// <summary>A number as a float32: a finite one beyond the largest becomes the largest.</summary>
    public static float ToSingle(double mean) =>
        double.IsFinite(mean) ? (float)Math.Clamp(mean, -float.MaxValue, float.MaxValue) : (float)mean;
}
