using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Sequences of values of one type, read step by step: where a dataset's inputs or targets come from.</summary>
/// <remarks>A source says how long its sequences are and copies one step of one of them; all else follows from that. It is read-only,
/// so any number of threads may share it.</remarks>
/// <param name="count">The number of sequences.</param>
/// <param name="maxLength">The number of steps of the longest sequence.</param>
/// <param name="size">The number of values of every step.</param>
internal abstract class SequenceSource<T>(int count, int maxLength, int size) : SequenceSource(count, maxLength, size)
    where T : unmanaged
{
    private const int ValuesOfBlock = 1 << 14;

    /// <summary>Copies one step, which lies within the sequence, of one sequence.</summary>
    public abstract void CopyStep(int sample, int step, Span<T> destination);

    /// <summary>Copies the first steps of some sequences, shape [steps, samples, Size]; zeros beyond a sequence's end.</summary>
    public void CopyBatch(ReadOnlySpan<int> samples, int steps, Span<T> destination)
    {
        for (int t = 0; t < steps; t++)
        {
            foreach (int sample in samples)
            {
                CopyStepOrZeros(sample, t, destination[..Size]);
                destination = destination[Size..];
            }
        }
    }

    /// <summary>Reads everything in the order of [MaxLength, Count, Size], in blocks of whole rows.</summary>
    /// <returns>Each block's first row, which is step · Count + sample, and its values, which hold until the next block.</returns>
    public IEnumerable<(long FirstRow, ReadOnlyMemory<T> Values)> Blocks()
    {
        long rows = (long)MaxLength * Count;
        T[] block = new T[Math.Min(rows, Math.Max(1, ValuesOfBlock / Size)) * Size];
        for (long row = 0; row < rows;)
        {
            long first = row;
            int length = 0;
            for (; length < block.Length && row < rows; length += Size, row++)
            {
                CopyStepOrZeros((int)(row % Count), (int)(row / Count), block.AsSpan(length, Size));
            }

            yield return (first, block.AsMemory(0, length));
        }
    }

    /// <summary>Everything at once, shape [MaxLength, Count, Size].</summary>
    /// <param name="owner">Whose name the message begins with.</param>
    /// <param name="name">What the owner calls the tensor.</param>
    /// <exception cref="InvalidOperationException">An array could not hold it.</exception>
    public virtual Tensor<T> ToTensor(object owner, string name)
    {
        if ((Int128)MaxLength * Count * Size > Array.MaxLength)
        {
            throw new InvalidOperationException(
                $"{owner}: {name} as one tensor must hold at most {Array.MaxLength} values, but [{MaxLength}, {Count}, {Size}] are more; "
                + "take batches with CopyBatch, or a Subset's.");
        }

        Tensor<T> tensor = Tensor.CreateFromShape<T>([MaxLength, Count, Size]);
        Span<T> rest = TensorValues.Of(tensor);
        foreach ((_, ReadOnlyMemory<T> values) in Blocks())
        {
            values.Span.CopyTo(rest);
            rest = rest[values.Length..];
        }

        return tensor;
    }

    private void CopyStepOrZeros(int sample, int step, Span<T> destination)
    {
        if (step < LengthOf(sample))
        {
            CopyStep(sample, step, destination);
        }
        else
        {
            destination.Clear();
        }
    }
}
