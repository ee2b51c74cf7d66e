namespace LstmSharp.Plotting;

/// <summary>One forecast of a series, to draw against what came true.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Values">The forecast values in order of time, such as an array or a <c>Tensor&lt;float&gt;</c>; NaN leaves a gap.</param>
public sealed record ForecastCurve(string Name, IEnumerable<float> Values)
{
    /// <summary>The step of the truth that the first value is about: 0, the default, for its first step; as many as the truth has for a
    /// forecast that begins where it ends.</summary>
    public int FirstStep { get; init; }

    /// <summary>The lower edge of a band around the forecast, as many values as <see cref="Values"/>; null, the default, for no band.</summary>
    public IEnumerable<float>? Lower { get; init; }

    /// <summary>The upper edge of the band.</summary>
    public IEnumerable<float>? Upper { get; init; }

    /// <summary>What the legend calls the band, such as <c>80 % band</c>.</summary>
    public string BandName { get; init; } = "band";
}
