namespace LstmSharp;

/// <summary>The step of training that a run belongs to, kept for its way back: of it, random masks are functions.</summary>
internal sealed class TrainingRows
{
    private int[] _samples = [];
    private int _count;

    /// <summary>The seed of the masks.</summary>
    public int Seed { get; private set; }

    /// <summary>The number of the update.</summary>
    public long Update { get; private set; }

    /// <summary>Takes over a step.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="update">The number of the update.</param>
    /// <param name="samples">Each row's sample, in the user's order; empty where a row's place is its number.</param>
    public void Set(int seed, long update, ReadOnlySpan<int> samples)
    {
        (Seed, Update, _count) = (seed, update, samples.Length);
        if (_samples.Length < _count)
        {
            _samples = new int[_count];
        }

        samples.CopyTo(_samples);
    }

    /// <summary>The sample of a row.</summary>
    /// <param name="place">The row's place in the user's batch.</param>
    public int SampleAt(int place) => _count == 0 ? place : _samples[place];
}
