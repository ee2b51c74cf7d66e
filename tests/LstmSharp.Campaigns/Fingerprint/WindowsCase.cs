namespace LstmSharp.Campaigns.Fingerprint;

/// <summary>A model trained by <c>Fit</c> on sequences of different length, in windows.</summary>
internal sealed class WindowsCase : Case
{
    private const int InputSize = 3;
    private const int Samples = 43;
    private const int Longest = 23;

    public override void Run(Setting setting, Digest digest)
    {
        var random = new RandomData(Samples);
        SequenceModel model = setting.Apply(SequenceModel.Create(InputSize).Lstm(17).VanillaRnn(13).Dense(1).Build(5));
        int[] lengths = [.. Enumerable.Range(0, Samples).Select(n => 1 + (n * 7 % Longest))];
        TrainingResult result = model.Fit(
            new SequenceDataset(
                SequenceList.Of(lengths.Select(length => random.Values(length * InputSize)), InputSize),
                SequenceList.Of(lengths.Select(length => random.Values(length)))),
            new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = new Adam(0.01f) { Width = setting.Width },
                Epochs = 3,
                BatchSize = 10,
                TruncateAfter = 6,
                MaxDegreeOfParallelism = setting.Threads,
                Seed = 11,
                ClipGradientNorm = 0.8f,
            });
        foreach (EpochSummary epoch in result.History)
        {
            digest.Add(epoch.TrainingLoss);
            digest.Add(epoch.MeanGradientNorm);
        }

        digest.Add(model.Parameters);
    }
}
