namespace LstmSharp.Samples.Gates;

/// <summary>The network whose gates are drawn, and its training.</summary>
public static class RecallNetwork
{
    /// <summary>A single LSTM unit is enough.</summary>
    public static SequenceModel Build() => SequenceModel.Create(RecallTask.InputSize).Lstm(1).Dense(1).Build(seed: 14);

    public static TrainingResult Train(SequenceModel model) => model.Fit(RecallTask.Draw(1500, new Random(1)), new TrainingOptions
    {
        Loss = Loss.MeanSquaredError,
        Optimizer = new Adam(learningRate: 1e-2f),
        Epochs = 100,
        BatchSize = 32,
        ClipGradientNorm = 1f,
        Validation = RecallTask.Draw(200, new Random(2)),
        Seed = 2,
    });
}
