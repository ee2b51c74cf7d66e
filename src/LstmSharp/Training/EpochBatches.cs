using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>The batches of one dataset: full ones, and a smaller last one where the batch size does not divide the samples.</summary>
/// <remarks>The last one has memory of its own, so that no batch resizes what another uses.</remarks>
internal sealed class EpochBatches
{
    private readonly int[] _order;
    private readonly TrainingBatch _full;
    private readonly TrainingBatch _last;

    public EpochBatches(SequenceModel model, SequenceDataset dataset, int batchSize, bool trains)
    {
        int size = Math.Min(batchSize, dataset.Count), rest = dataset.Count % size;
        _order = [.. Enumerable.Range(0, dataset.Count)];
        _full = new TrainingBatch(model, dataset, size, trains);
        _last = rest == 0 ? _full : new TrainingBatch(model, dataset, rest, trains);
        Count = (dataset.Count / size) + (rest == 0 ? 0 : 1);
    }

    /// <summary>The number of batches of an epoch.</summary>
    public int Count { get; }

    /// <summary>Puts the samples into the random order of an epoch, a function of seed and epoch alone (Fisher and Yates).</summary>
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
