namespace LstmSharp;

/// <summary>One named part of a cell's state: <see cref="CellState.Parts"/>.</summary>
public sealed class CellStatePart
{
    private readonly float[] _values;
    private readonly int _batchSize;

    internal CellStatePart(string name, int batchSize, int size)
    {
        _values = new float[CellState.CountOf(batchSize, size, parts: 1)];
        _batchSize = batchSize;
        Name = name;
        Size = size;
    }

    /// <summary>The part's name: <c>Hidden</c>, or <c>Cell</c> for the memory cell.</summary>
    public string Name { get; }

    /// <summary>How many values a row has.</summary>
    public int Size { get; }

    /// <summary>The values, shape [BatchSize, Size], row-major.</summary>
    public Span<float> Values => _values;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({_batchSize} × {Size})";

    /// <summary>One row.</summary>
    internal Span<float> Row(int row) => _values.AsSpan(row * Size, Size);
}
