using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp.Campaigns.Fingerprint;

/// <summary>A model trained by <c>Fit</c>: shuffled, clipped, validated, stopped early.</summary>
internal sealed class FitCase : Case
{
    private const int Length = 9;
    private const int InputSize = 3;
    private const int OutputSize = 4;
    private const int Samples = 43;

    public required Loss Loss { get; init; }

    public required Func<SimdWidth, Optimizer> Optimizer { get; init; }

    public override void Run(Setting setting, Digest digest)
    {
        var random = new RandomData(Samples);
        SequenceModel model = setting.Apply(SequenceModel.Create(InputSize).Lstm(17).VanillaRnn(13).TakeLast().Dense(OutputSize).Build(5));
        TrainingResult result = model.Fit(Draw(random, Samples), new TrainingOptions
        {
            Loss = Loss,
            Optimizer = Optimizer(setting.Width),
            Epochs = 6,
            BatchSize = 10,
            MaxDegreeOfParallelism = setting.Threads,
            Seed = 11,
            Validation = Draw(random, Samples / 2),
            EarlyStopping = new EarlyStopping(patience: 2),
            ClipGradientNorm = 0.8f,
            ClipGradientValue = 0.2f,
        });
        foreach (EpochSummary epoch in result.History)
        {
            digest.Add(epoch.TrainingLoss);
            digest.Add(epoch.ValidationLoss!.Value);
            digest.Add(epoch.MeanGradientNorm);
            digest.Add(epoch.MaximumGradientNorm);
        }

        digest.Add(result.BestEpoch);
        digest.Add(model.Parameters);
    }

    private SequenceDataset Draw(RandomData random, int samples)
    {
        Tensor<float> inputs = random.Tensor(Length, samples, InputSize);
        return Loss is Loss<int>
            ? new SequenceDataset(inputs, Tensor.Create(random.Classes(samples, OutputSize), [samples]))
            : new SequenceDataset(inputs, Tensor.Create(random.Probabilities(samples * OutputSize), [samples, OutputSize]));
    }
}
