namespace LstmSharp;

/// <summary>A step of training: what decides which values the layers of a model drop.</summary>
/// <remarks>A mask is a function of seed, update, layer, sample, time step and unit alone: the same on any number of threads and vector
/// width, in any batch, wherever the sample stands in it, and after a resumption. Nothing is stored.</remarks>
public readonly ref struct TrainingStep
{
    /// <summary>Names a step of training.</summary>
    /// <param name="seed">Any number; another one gives independent masks.</param>
    /// <param name="update">The number of the update of the weights, which gives every step masks of its own: any number.</param>
    /// <param name="samples">Each row's sample, BatchSize numbers of any value; rows of one number get the same masks. Empty where a row's
    /// place in the batch is its number.</param>
    public TrainingStep(int seed, long update, ReadOnlySpan<int> samples = default)
    {
        Seed = seed;
        Update = update;
        Samples = samples;
    }

    /// <summary>The seed of the masks.</summary>
    public int Seed { get; }

    /// <summary>The number of the update.</summary>
    public long Update { get; }

    /// <summary>Each row's sample; empty where a row's place in the batch is its number.</summary>
    public ReadOnlySpan<int> Samples { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"TrainingStep(Seed {Seed}, Update {Update}{(Samples.IsEmpty ? string.Empty : $", {Samples.Length} samples")})";
}
