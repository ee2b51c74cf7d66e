using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Makes lists of sequences of any lengths.</summary>
public static class SequenceList
{
    private const string Owner = nameof(SequenceList);

    /// <summary>Makes a list of arrays.</summary>
    /// <typeparam name="T">The type of a value: float or int.</typeparam>
    /// <param name="sequences">The sequences, each row-major [steps, <paramref name="size"/>].</param>
    /// <param name="size">The number of values of every step, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than 1.</exception>
    /// <exception cref="ArgumentException">A sequence holds no whole number of steps, or all together are too large for an array.</exception>
    public static SequenceList<T> Of<T>(IEnumerable<T[]> sequences, int size = 1)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(sequences);
        SequenceList<T> list = new(size);
        foreach (T[] sequence in sequences)
        {
            ArgumentNullException.ThrowIfNull(sequence, nameof(sequences));
            list.Add(sequence);
        }

        return list;
    }

    /// <summary>Makes a list of tensors.</summary>
    /// <typeparam name="T">The type of a value: float or int.</typeparam>
    /// <param name="sequences">The sequences, at least one, each of the shape [steps, features], with equally many features.</param>
    /// <exception cref="ArgumentException">There is none, a shape has another rank or another number of features, or all together are too
    /// large for an array.</exception>
    public static SequenceList<T> Of<T>(IEnumerable<Tensor<T>> sequences)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(sequences);
        SequenceList<T>? list = null;
        foreach (Tensor<T> sequence in sequences)
        {
            ArgumentNullException.ThrowIfNull(sequence, nameof(sequences));
            bool fits = sequence.Rank == 2 && sequence.Lengths[1] is > 0 and <= int.MaxValue && (list is null || sequence.Lengths[1] == list.Size);
            if (!fits)
            {
                throw new ArgumentException(
                    $"{Owner}: sequences must have the shape [steps, {(list is null ? "features" : list.Size)}], but number {list?.Count ?? 0} has "
                    + $"{TensorValues.Shape(sequence.Lengths)}.",
                    nameof(sequences));
            }

            TensorLimit.ThrowIfTooLarge(sequence, Owner, nameof(sequences));
            list ??= new SequenceList<T>((int)sequence.Lengths[1]);
            list.Add(TensorValues.Of(TensorValues.Dense(sequence)));
        }

        return list ?? throw new ArgumentException(
            $"{Owner}: sequences must hold at least one tensor, which says how many features a step has, but is empty.", nameof(sequences));
    }

    /// <summary>Cuts one long stream into as many rows of equal length, which lie one after the other in it, as language models are trained.</summary>
    /// <remarks>With <c>TrainingOptions.TruncateAfter</c> and a batch of all rows, training goes through all of the stream once an
    /// epoch, window after window. Cut the targets in the same way: for the next token of each, <c>tokens[..^1]</c> and
    /// <c>tokens[1..]</c>.</remarks>
    /// <typeparam name="T">The type of a value: float or int.</typeparam>
    /// <param name="stream">The stream, row-major [steps, <paramref name="size"/>]; what is left over at its end is left out.</param>
    /// <param name="rows">The number of rows, at least 1 and at most as many as there are steps.</param>
    /// <param name="size">The number of values of every step, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Rows or size are less than 1, or there are more rows than steps.</exception>
    /// <exception cref="ArgumentException">There is no whole number of steps.</exception>
    public static SequenceList<T> Contiguous<T>(ReadOnlySpan<T> stream, int rows, int size = 1)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        SequenceList<T> list = new(size);
        list.ThrowIfStepIsCut(stream, nameof(stream));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, stream.Length / size);
        int length = stream.Length / size / rows * size;
        for (int row = 0; row < rows; row++)
        {
            list.Add(stream.Slice(row * length, length));
        }

        return list;
    }

    /// <summary>Makes a list of sequences of a single step each: one target for each sequence.</summary>
    /// <typeparam name="T">The type of a value: float or int.</typeparam>
    /// <param name="values">The sequences' values, row-major [sequences, <paramref name="size"/>].</param>
    /// <param name="size">The number of values of every sequence, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than 1.</exception>
    /// <exception cref="ArgumentException">There is no whole number of sequences.</exception>
    public static SequenceList<T> OfSingleSteps<T>(ReadOnlySpan<T> values, int size = 1)
        where T : unmanaged
    {
        SequenceList<T> list = new(size);
        list.ThrowIfStepIsCut(values, nameof(values));
        for (; !values.IsEmpty; values = values[size..])
        {
            list.Add(values[..size]);
        }

        return list;
    }
}
