using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Puts the rows of a batch in order of length, longest first, rows of one length in the user's order.</summary>
internal sealed unsafe class RowSorter
{
    private readonly AlignedBuffer _memory = new();
    private long[] _keys = [];

    /// <summary>Makes the table of a batch; valid until the next one is made.</summary>
    /// <param name="sequenceLength">The number of time steps T.</param>
    /// <param name="batchSize">The number of rows B.</param>
    /// <param name="lengths">Each row's steps, from 0 to T; empty where all have T.</param>
    public StepTable Sort(int sequenceLength, int batchSize, ReadOnlySpan<int> lengths)
    {
        if (!lengths.ContainsAnyExcept(sequenceLength))
        {
            return new StepTable(sequenceLength, batchSize);
        }

        int* order = (int*)_memory.Reserve((3L * batchSize) + sequenceLength + 1);
        int* places = order + batchSize;
        int* sorted = places + batchSize;
        int* first = sorted + batchSize;
        if (_keys.Length < batchSize)
        {
            _keys = new long[batchSize];
        }

        Span<long> keys = _keys.AsSpan(0, batchSize);
        for (int row = 0; row < batchSize; row++)
        {
            keys[row] = ((long)(sequenceLength - lengths[row]) << 32) | (uint)row;
        }

        keys.Sort();
        for (int row = 0; row < batchSize; row++)
        {
            order[row] = (int)keys[row];
            places[order[row]] = row;
            sorted[row] = lengths[order[row]];
        }

        int rows = batchSize;
        first[0] = 0;
        for (int t = 0; t < sequenceLength; t++)
        {
            while (rows > 0 && sorted[rows - 1] <= t)
            {
                rows--;
            }

            first[t + 1] = first[t] + rows;
        }

        return new StepTable(sequenceLength, batchSize, first, order, sorted);
    }
}
