namespace LstmSharp;

/// <summary>The state of a <see cref="GruCell"/>: its hidden state.</summary>
/// <param name="batchSize">The number of rows, 0 or more.</param>
/// <param name="hiddenSize">The number of units, 1 or more.</param>
/// <exception cref="ArgumentOutOfRangeException">A size is below its minimum.</exception>
/// <exception cref="ArgumentException">The values would not fit into one array.</exception>
public sealed class GruState(int batchSize, int hiddenSize)
    : CellState(batchSize, hiddenSize, StatePartShape.Hidden(hiddenSize));
