namespace LstmSharp;

/// <summary>Sequences of any lengths, one after the other: a dataset's inputs or targets as people have them, without padding.</summary>
/// <remarks>Each step of each sequence holds <see cref="Size"/> values. Adding copies the values into one array, which all sequences
/// share. Sequences are only ever added, so a dataset made from a list keeps what the list held then. Reading is safe on any number of
/// threads while nobody adds. <see cref="SequenceList"/> makes lists of arrays and tensors.</remarks>
/// <typeparam name="T">The type of a value: float for features and target values, int for tokens and classes.</typeparam>
public sealed class SequenceList<T>
    where T : unmanaged
{
    private readonly List<int> _starts = [0];
    private T[] _values = [];

    /// <summary>Makes an empty list.</summary>
    /// <param name="size">The number of values of every step, at least 1: the number of features; 1 for tokens and classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than 1.</exception>
    public SequenceList(int size = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
    }

    /// <summary>The number of sequences.</summary>
    public int Count => _starts.Count - 1;

    /// <summary>The number of values of every step.</summary>
    public int Size { get; }

    /// <summary>A sequence's values, row-major [steps, <see cref="Size"/>]; they stay as they are when sequences are added.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public ReadOnlySpan<T> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _values.AsSpan(_starts[index].._starts[index + 1]);
        }
    }

    /// <summary>The number of steps of a sequence.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public int LengthOf(int index) => this[index].Length / Size;

    /// <summary>Adds a sequence.</summary>
    /// <param name="sequence">Its values, row-major [steps, <see cref="Size"/>]; may be empty. They are copied.</param>
    /// <exception cref="ArgumentException">There is no whole number of steps, or the list would be too large for an array.</exception>
    public void Add(ReadOnlySpan<T> sequence)
    {
        ThrowIfStepIsCut(sequence, nameof(sequence));
        int start = _starts[^1];
        if ((long)start + sequence.Length > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{this}: the list must hold at most {Array.MaxLength} values, but with this sequence it would hold "
                + $"{(long)start + sequence.Length}.",
                nameof(sequence));
        }

        if (start + sequence.Length > _values.Length)
        {
            Array.Resize(ref _values, (int)Math.Min(Array.MaxLength, Math.Max(2L * _values.Length, start + sequence.Length)));
        }

        sequence.CopyTo(_values.AsSpan(start));
        _starts.Add(start + sequence.Length);
    }

    /// <inheritdoc/>
    public override string ToString() => $"SequenceList({Count} sequences, {_starts[^1] / Size} steps of {Size})";

    /// <summary>What the list holds now, as a dataset reads it.</summary>
    internal SequenceSource<T> ToSource() => new ListSource<T>(_values, [.. _starts], Size);

    internal void ThrowIfStepIsCut(ReadOnlySpan<T> values, string name)
    {
        if (values.Length % Size != 0)
        {
            throw new ArgumentException(
                $"{this}: {name} must hold a whole number of steps of {Size} values, but holds {values.Length}.", name);
        }
    }
}
