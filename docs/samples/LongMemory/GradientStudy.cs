namespace LstmSharp.Samples.LongMemory;

/// <summary>The gradient by lag of every kind of network, fresh and trained, on the same sequences.</summary>
public sealed class GradientStudy
{
    private const int LongestLag = 100;
    private const int BatchSize = 64;

    private GradientStudy(int trainedLength, IReadOnlyList<GradientByLag> fresh, IReadOnlyList<GradientByLag> trained)
    {
        TrainedLength = trainedLength;
        Fresh = fresh;
        Trained = trained;
    }

    /// <summary>The sequence length T that the trained networks were trained on.</summary>
    public int TrainedLength { get; }

    /// <summary>In the order of <see cref="Network.All"/>.</summary>
    public IReadOnlyList<GradientByLag> Fresh { get; }

    /// <summary>In the order of <see cref="Network.All"/>.</summary>
    public IReadOnlyList<GradientByLag> Trained { get; }

    public static GradientStudy Run(int trainedLength, int updates)
    {
        var batch = new FirstSymbolBatch(LongestLag + 1, BatchSize);
        batch.Draw(new Random(3000));
        var experiment = new RecallExperiment { SequenceLength = trainedLength, Updates = updates };
        return new GradientStudy(
            trainedLength,
            [.. Network.All.Select(network => GradientByLag.Measure(network.Build(experiment.Seed), batch))],
            [.. Network.All.AsParallel().AsOrdered().Select(network => GradientByLag.Measure(experiment.Train(network), batch))]);
    }
}
