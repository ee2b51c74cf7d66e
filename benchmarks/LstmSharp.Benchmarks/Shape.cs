namespace LstmSharp.Benchmarks;

/// <summary>The sizes of one benchmark: T, B, I, H.</summary>
public readonly record struct Shape(int Length, int BatchSize, int InputSize, int HiddenSize)
{
    /// <summary>The multiplications and additions of one forward run's two products.</summary>
    public double ForwardFlops => 2.0 * Length * BatchSize * 4 * HiddenSize * (InputSize + HiddenSize);

    public override string ToString() => $"{Length}·{BatchSize}·{InputSize}·{HiddenSize}";
}
