using LstmSharp.Kernels;

namespace LstmSharp.Campaigns.Fingerprint;

/// <summary>How the library is to compute. Nothing in it may change a bit.</summary>
/// <param name="Width">The vector width the kernels run with.</param>
/// <param name="Threads">How many threads may take part.</param>
internal sealed record Setting(SimdWidth Width, int Threads)
{
    /// <summary>Makes a model compute so.</summary>
    public SequenceModel Apply(SequenceModel model)
    {
        model.Width = Width;
        model.MaxDegreeOfParallelism = Threads;
        model.LeastOperationsToShare = 0;
        return model;
    }
}
