using System.Globalization;

namespace LstmSharp.Tests;

/// <summary>Until it is disposed, numbers of the thread's culture are written as 0,5 and ~1 and ∞.</summary>
internal sealed class CommaCulture : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    public CommaCulture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NegativeSign = "~";
        culture.NumberFormat.PositiveInfinitySymbol = "∞";
        CultureInfo.CurrentCulture = culture;
        $"{0.5f} {-1} {float.PositiveInfinity}".Should().Be("0,5 ~1 ∞");
    }

    public void Dispose() => CultureInfo.CurrentCulture = _before;
}
