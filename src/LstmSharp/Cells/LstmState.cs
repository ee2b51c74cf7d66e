namespace LstmSharp;

/// <summary>The state of an <see cref="LstmCell"/>: the hidden state h and the memory cell c.</summary>
/// <param name="batchSize">The number of rows, 0 or more.</param>
/// <param name="hiddenSize">The number of units, 1 or more.</param>
/// <exception cref="ArgumentOutOfRangeException">A size is below its minimum.</exception>
/// <exception cref="ArgumentException">The values would not fit into one array.</exception>
public sealed class LstmState(int batchSize, int hiddenSize)
    : CellState(batchSize, hiddenSize, StatePartShape.Hidden(hiddenSize), StatePartShape.Cell(hiddenSize))
{
    /// <summary>The memory cell c, shape [BatchSize, HiddenSize], row-major.</summary>
    public Span<float> Cell => ValuesOf(1);
}
