using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>The batches of one dataset: full ones, and a smaller last one where the batch size does not divide the samples.</summary>
/// <remarks>The last one has memory of its own, so that no batch resizes what another uses.</remarks>
internal sealed class EpochBatches
{
    /// <summary>Sequences of different length are put in order of length among as many batches, so that few steps of a batch have few
    /// rows, and yet other samples come together in every epoch.</summary>
    private const int BatchesInOrder = 16;

    private readonly SequenceDataset _dataset;
    private readonly int[] _order;
    private readonly TrainingBatch _full;
    private readonly TrainingBatch _last;

    public EpochBatches(SequenceModel model, SequenceDataset dataset, int batchSize, bool trains, long? memoryBudget = null)
    {
        _dataset = dataset;
        int size = Math.Min(batchSize, dataset.Count), rest = dataset.Count % size;
        _order = [.. Enumerable.Range(0, dataset.Count)];
        _full = new TrainingBatch(model, dataset, size, trains, memoryBudget);
        _last = rest == 0 ? _full : new TrainingBatch(model, dataset, rest, trains, memoryBudget);
        Count = (dataset.Count / size) + (rest == 0 ? 0 : 1);
    }

    /// <summary>The number of batches of an epoch.</summary>
    public int Count { get; }

    /// <summary>Puts the samples into the random order of an epoch, a function of seed, epoch and lengths alone (Fisher and
    /// Yates).</summary>
    /// <remarks>Samples of different length are sorted by length, stably, within groups of batches; then the full batches get a random
    /// order.</remarks>
    public void Shuffle(int seed, int epoch)
    {
        var random = new RandomStream(RandomKey.Of(seed, RandomPurpose.Shuffle), (uint)epoch);
        for (int n = 0; n < _order.Length; n++)
        {
            _order[n] = n;
        }

        for (int n = _order.Length - 1; n > 0; n--)
        {
            int other = random.Next(n + 1);
            (_order[n], _order[other]) = (_order[other], _order[n]);
        }

        if (_dataset.IsRagged)
        {
            SortByLength();
            ShuffleFullBatches(random);
        }
    }

    private void SortByLength()
    {
        int full = _order.Length - (_order.Length % _full.Size);
        for (int start = 0; start < full; start += BatchesInOrder * _full.Size)
        {
            Span<int> group = _order.AsSpan(start, Math.Min(BatchesInOrder * _full.Size, full - start));
            int[] sorted = [.. group.ToArray().OrderBy(_dataset.LengthOf)];
            sorted.CopyTo(group);
        }
    }

    private void ShuffleFullBatches(RandomStream random)
    {
        int size = _full.Size;
        int[] held = new int[size];
        for (int n = (_order.Length / size) - 1; n > 0; n--)
        {
            Span<int> batch = _order.AsSpan(n * size, size), other = _order.AsSpan(random.Next(n + 1) * size, size);
            batch.CopyTo(held);
            other.CopyTo(batch);
            held.CopyTo(other);
        }
    }

    /// <summary>Loads a batch, valid until the next one is loaded.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    public TrainingBatch Load(int index)
    {
        TrainingBatch batch = index == Count - 1 ? _last : _full;
        batch.Load(_order.AsSpan(index * _full.Size, batch.Size));
        return batch;
    }
}
