namespace LstmSharp;

/// <summary>Where the gradient of a row's CTC loss goes.</summary>
/// <param name="values">From the row's first value on; empty where no gradient is wanted.</param>
/// <param name="divisor">What it is divided by.</param>
internal readonly ref struct CtcGradient(Span<float> values, double divisor)
{
    public Span<float> Values { get; } = values;

    public double Divisor => divisor;
}
