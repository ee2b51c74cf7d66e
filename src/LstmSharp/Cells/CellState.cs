namespace LstmSharp;

/// <summary>What a recurrent cell carries from one time step to the next, for every row of a batch: named parts, the hidden state
/// first.</summary>
public abstract class CellState
{
    private readonly StatePartShape[] _shapes;
    private readonly CellStatePart[] _parts;

    private protected CellState(int batchSize, int hiddenSize, params ReadOnlySpan<StatePartShape> parts)
    {
        _shapes = parts.ToArray();
        _parts = Array.ConvertAll(_shapes, part => new CellStatePart(part.Name, batchSize, part.Size));
        Parts = Array.AsReadOnly(_parts);
        BatchSize = batchSize;
        HiddenSize = hiddenSize;
    }

    /// <summary>The number of rows B.</summary>
    public int BatchSize { get; }

    /// <summary>The number of units H.</summary>
    public int HiddenSize { get; }

    /// <summary>The hidden state h, row-major, of shape [BatchSize, HiddenSize].</summary>
    public Span<float> Hidden => _parts[0].Values;

    /// <summary>All parts, the hidden state first.</summary>
    public IReadOnlyList<CellStatePart> Parts { get; }

    /// <summary>Sets the state to zeros: the start of a sequence.</summary>
    public void Clear()
    {
        foreach (CellStatePart part in _parts)
        {
            part.Values.Clear();
        }
    }

    /// <summary>Copies a state of the same kind and shape.</summary>
    /// <param name="source">The state to read.</param>
    /// <exception cref="ArgumentException">The kinds or shapes differ; nothing was copied.</exception>
    public void CopyFrom(CellState source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.GetType() != GetType() || source.BatchSize != BatchSize || !source.HasParts(_shapes))
        {
            throw new ArgumentException($"{this}: source must be of the same kind and shape, but is {source}.", nameof(source));
        }

        for (int n = 0; n < _parts.Length; n++)
        {
            source._parts[n].Values.CopyTo(_parts[n].Values);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name}({BatchSize} × {HiddenSize})";

    /// <summary>Whether the parts have these names and sizes.</summary>
    internal bool HasParts(ReadOnlySpan<StatePartShape> shapes) => shapes.SequenceEqual(_shapes);

    /// <summary>Sets one row to zeros: the start of its sequence.</summary>
    internal void ClearRow(int row)
    {
        foreach (CellStatePart part in _parts)
        {
            part.Row(row).Clear();
        }
    }

    /// <summary>The values of one of <see cref="Parts"/>.</summary>
    internal Span<float> ValuesOf(int part) => _parts[part].Values;

    /// <summary>Copies one row of a state of the same kind and shape.</summary>
    internal void CopyRow(int row, CellState source, int sourceRow)
    {
        for (int n = 0; n < _parts.Length; n++)
        {
            source._parts[n].Row(sourceRow).CopyTo(_parts[n].Row(row));
        }
    }

    /// <summary>Whether some values share memory with the state.</summary>
    internal bool Overlaps(ReadOnlySpan<float> values)
    {
        bool overlaps = false;
        foreach (CellStatePart part in _parts)
        {
            overlaps |= values.Overlaps(part.Values);
        }

        return overlaps;
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
}
