namespace LstmSharp.Samples.LongMemory;

/// <summary>Test accuracies over sequence lengths, networks and seeds.</summary>
public sealed class AccuracyTable
{
    private readonly Dictionary<(int Length, Network Network, int Seed), double> _accuracies = [];

    public required IReadOnlyList<int> Lengths { get; init; }

    public required int SeedCount { get; init; }

    public required int Updates { get; init; }

    public int Count => Lengths.Count * Network.All.Count * SeedCount;

    /// <summary>Runs all experiments, each on one thread; which thread ran what changes no result.</summary>
    public void Run(Action oneDone)
    {
        // Long sequences first: the short ones fill the gap at the end.
        var experiments =
            from length in Lengths.OrderDescending()
            from seed in Enumerable.Range(1, SeedCount)
            from network in Network.All.Reverse()
            select (length, network, seed);
        Parallel.ForEach(experiments.ToArray(), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, key =>
        {
            var experiment = new RecallExperiment { SequenceLength = key.length, Updates = Updates, Seed = key.seed };
            double accuracy = experiment.Test(experiment.Train(key.network));
            lock (_accuracies)
            {
                _accuracies.Add(key, accuracy);
            }

            oneDone();
        });
    }

    /// <summary>One accuracy for every seed.</summary>
    public double[] Of(int length, Network network) =>
        [.. Enumerable.Range(1, SeedCount).Select(seed => _accuracies[(length, network, seed)])];

    /// <summary>The longest sequence length with a mean accuracy of 95 % or more, 0 if there is none.</summary>
    public int LongestLearnt(Network network) =>
        Lengths.Where(length => Of(length, network).Average() >= 0.95).DefaultIfEmpty(0).Max();
}
