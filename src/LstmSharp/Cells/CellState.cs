namespace LstmSharp;

/// <summary>What a recurrent cell carries from one time step to the next, for every row of a batch.</summary>
public abstract class CellState
{
    private readonly float[] _hidden;

    private protected CellState(int batchSize, int hiddenSize)
    {
        _hidden = new float[CountOf(batchSize, hiddenSize, parts: 1)];
        BatchSize = batchSize;
        HiddenSize = hiddenSize;
    }

    /// <summary>The number of rows B.</summary>
    public int BatchSize { get; }

    /// <summary>The number of units H.</summary>
    public int HiddenSize { get; }

    /// <summary>The hidden state h, shape [BatchSize, HiddenSize], row-major.</summary>
    public Span<float> Hidden => _hidden;

    /// <summary>Sets the state to zeros: the start of a sequence.</summary>
    public virtual void Clear() => Hidden.Clear();

    /// <summary>The memory cell c where the state has one, else empty.</summary>
    internal virtual Span<float> CellValues => default;

    /// <summary>Copies a state of the same kind and shape.</summary>
    /// <param name="source">The state to read.</param>
    /// <exception cref="ArgumentException">The kinds or shapes differ; nothing was copied.</exception>
    public void CopyFrom(CellState source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.GetType() != GetType() || source.BatchSize != BatchSize || source.HiddenSize != HiddenSize)
        {
            throw new ArgumentException($"{this}: source must be of the same kind and shape, but is {source}.", nameof(source));
        }

        source.Hidden.CopyTo(Hidden);
        source.CellValues.CopyTo(CellValues);
    }

    /// <summary>Sets one row to zeros: the start of its sequence.</summary>
    internal void ClearRow(int row)
    {
        RowOf(Hidden, row).Clear();
        RowOf(CellValues, row).Clear();
    }

    /// <summary>Copies one row of a state of the same kind and hidden size.</summary>
    internal void CopyRow(int row, CellState source, int sourceRow)
    {
        source.RowOf(source.Hidden, sourceRow).CopyTo(RowOf(Hidden, row));
        source.RowOf(source.CellValues, sourceRow).CopyTo(RowOf(CellValues, row));
    }

    /// <summary>Checks the sizes of a batch's values before they are multiplied.</summary>
    internal static int CountOf(int batchSize, int hiddenSize, int parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hiddenSize);
        long count = (long)batchSize * hiddenSize;
        return count <= Array.MaxLength / parts
            ? parts * (int)count
            : throw new ArgumentException(
                $"BatchSize {batchSize} × HiddenSize {hiddenSize} × {parts} values must fit into one array of {Array.MaxLength}.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name}({BatchSize} × {HiddenSize})";

    /// <summary>One row of h or c; nothing where there is no c.</summary>
    private Span<float> RowOf(Span<float> values, int row) => values.IsEmpty ? values : values.Slice(row * HiddenSize, HiddenSize);
}
