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
    private readonly int _window;
    private readonly int[] _order;
    private readonly TrainingBatch _full;
    private readonly TrainingBatch _last;

    /// <param name="model">The model.</param>
    /// <param name="dataset">The samples.</param>
    /// <param name="batchSize">How many of them make a full batch.</param>
    /// <param name="trains">Whether a way back will follow.</param>
    /// <param name="memoryBudget">How many bytes the activations may take.</param>
    /// <param name="window">How many steps of a batch run at once; by default all.</param>
    public EpochBatches(
        SequenceModel model,
        SequenceDataset dataset,
        int batchSize,
        bool trains,
        long? memoryBudget = null,
        int window = int.MaxValue)
    {
        _dataset = dataset;
        _window = window;
        int size = Math.Min(batchSize, dataset.Count), rest = dataset.Count % size;
        _order = [.. Enumerable.Range(0, dataset.Count)];
        _full = new TrainingBatch(model, dataset, size, trains, memoryBudget, window);
        _last = rest == 0 ? _full : new TrainingBatch(model, dataset, rest, trains, memoryBudget, window);
        Count = (dataset.Count / size) + (rest == 0 ? 0 : 1);
    }

    /// <summary>The number of batches of an epoch.</summary>
    public int Count { get; }

    /// <summary>Puts the samples into the random order of an epoch, a function of seed, epoch and lengths alone (Fisher and
    /// Yates).</summary>
    /// <remarks>Samples of different length are sorted by length, stably, within groups of batches; then the full batches get a random
    /// order. Where they run in windows, all are sorted by their number of windows alone, most first: so every epoch has as many
    /// windows.</remarks>
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
        if (_window < _dataset.MaxSequenceLength)
        {
            int[] byWindows = [.. _order.OrderByDescending(sample => TrainingBatch.WindowsIn(_dataset.LengthOf(sample), _window))];
            byWindows.CopyTo(_order);
            return;
        }

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

    /// <summary>How many windows a batch has.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    public int WindowsOf(int index)
    {
        int longest = 0;
        foreach (int sample in SamplesOf(index))
        {
            longest = Math.Max(longest, _dataset.LengthOf(sample));
        }

        return TrainingBatch.WindowsIn(longest, _window);
    }

    /// <summary>Loads a batch, which stands at its first window, valid until the next one is loaded.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    public TrainingBatch Load(int index)
    {
        TrainingBatch batch = index == Count - 1 ? _last : _full;
        batch.Load(SamplesOf(index));
        return batch;
    }

    private ReadOnlySpan<int> SamplesOf(int index) => _order.AsSpan(index * _full.Size, (index == Count - 1 ? _last : _full).Size);
}
