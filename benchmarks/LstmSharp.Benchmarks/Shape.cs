namespace LstmSharp.Benchmarks;

/// <summary>The sizes of one measurement: T, B, I, H.</summary>
public readonly record struct Shape(int Length, int BatchSize, int InputSize, int HiddenSize)
{
    public int InputCount => Length * BatchSize * InputSize;

    public int OutputCount => Length * BatchSize * HiddenSize;

    /// <summary>Reads <c>T,B,I,H</c>.</summary>
    /// <exception cref="FormatException">The text is not four whole numbers above 0.</exception>
    public static Shape Parse(string text)
    {
        string[] sizes = text.Split(',');
        int[] numbers = [.. sizes.Select(size => int.TryParse(size, out int number) ? number : 0)];
        return numbers is [> 0, > 0, > 0, > 0]
            ? new Shape(numbers[0], numbers[1], numbers[2], numbers[3])
            : throw new FormatException($"A shape is T,B,I,H, four whole numbers above 0, but is '{text}'.");
    }

    /// <summary>The multiplications and additions of the work's matrix products.</summary>
    /// <remarks>A training step computes the forward products once more for the weights' gradients, and the recurrent one once
    /// more for the states' gradients; the input's gradient is not asked for.</remarks>
    public double Flops(Work work, CellKind cell)
    {
        double perColumn = 2.0 * Length * BatchSize * GatesOf(cell) * HiddenSize;
        double forward = perColumn * (InputSize + HiddenSize);
        return work switch
        {
            Work.Inference or Work.StreamingStep => forward,
            Work.TrainingStep or Work.TrainingStepWithAdam => (3 * forward) - (perColumn * InputSize),
            _ => double.NaN,
        };
    }

    /// <summary>How many blocks of HiddenSize rows a cell's weights have.</summary>
    public static int GatesOf(CellKind cell) => cell switch
    {
        CellKind.Lstm => 4,
        CellKind.Gru => 3,
        _ => 1,
    };

    public override string ToString() => $"{Length}·{BatchSize}·{InputSize}·{HiddenSize}";
}
