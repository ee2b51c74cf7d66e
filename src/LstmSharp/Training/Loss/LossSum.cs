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

    /// <summary>The same, but 0 where nothing counts: what a batch without targets comes to.</summary>
    public float ValueOrZero => Weight == 0 ? 0 : Value;

    /// <summary>Whether float32 holds the mean: a training that leaves its range has diverged, though the sum may still be finite.</summary>
    public bool IsInRange => Weight == 0 || float.IsFinite((float)Mean);

    public static LossSum operator +(LossSum left, LossSum right) => new(left.Sum + right.Sum, left.Weight + right.Weight);

    /// <summary>A number as a float32: a finite one beyond the largest becomes the largest.</summary>
    public static float ToSingle(double mean) =>
        double.IsFinite(mean) ? (float)Math.Clamp(mean, -float.MaxValue, float.MaxValue) : (float)mean;
}
