using LstmSharp.Kernels;

namespace LstmSharp.Campaigns.AllFloats;

/// <summary>One of the three functions with its oracle in double and the laws that hold for it.</summary>
internal sealed record ElementaryFunction(
    string Name,
    ElementaryFunction.Span Apply,
    ElementaryFunction.Span Platform,
    Func<double, double> Oracle,
    float Lowest,
    float Highest,
    bool IsOdd)
{
    internal delegate void Span(ReadOnlySpan<float> source, Span<float> destination, SimdWidth width);

    public static ElementaryFunction Exp { get; } = new(
        "exp",
        ElementarySpans.Exp,
        (x, y, _) => System.Numerics.Tensors.TensorPrimitives.Exp(x, y),
        Math.Exp,
        0,
        float.PositiveInfinity,
        IsOdd: false);

    public static ElementaryFunction Sigmoid { get; } = new(
        "sigmoid",
        ElementarySpans.Sigmoid,
        (x, y, _) => System.Numerics.Tensors.TensorPrimitives.Sigmoid(x, y),
        x => 1 / (1 + Math.Exp(-x)),
        0,
        1,
        IsOdd: false);

    public static ElementaryFunction Tanh { get; } = new(
        "tanh",
        ElementarySpans.Tanh,
        (x, y, _) => System.Numerics.Tensors.TensorPrimitives.Tanh(x, y),
        Math.Tanh,
        -1,
        1,
        IsOdd: true);

    public static IReadOnlyList<ElementaryFunction> All { get; } = [Exp, Sigmoid, Tanh];

    /// <summary>How far a result lies from the oracle, in units of the spacing of float32 at the oracle's value.</summary>
    public double UlpError(float x, float actual)
    {
        double expected = Oracle(x);
        if (double.IsNaN(expected) || float.IsNaN(actual))
        {
            return double.IsNaN(expected) && float.IsNaN(actual) ? 0 : double.PositiveInfinity;
        }

        if (float.IsInfinity((float)expected) || float.IsInfinity(actual))
        {
            return (float)expected == actual ? 0 : double.PositiveInfinity;
        }

        long exponent = (BitConverter.DoubleToInt64Bits(expected) >> 52) & 0x7FF;
        double spacing = BitConverter.Int64BitsToDouble((Math.Max(exponent, 1023 - 126) - 23) << 52);
        return Math.Abs(actual - expected) / spacing;
    }
}
