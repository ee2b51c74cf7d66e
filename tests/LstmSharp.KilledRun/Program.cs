using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LstmSharp;

const string Help = """
    Trains a small model from fixed seeds, saves a checkpoint after every batch and the best one beside it, and goes on from the
    checkpoint where there is one. At its end it prints one SHA-256 over the weights, the best weights and the losses: the same,
    however often it was killed on the way.

    dotnet run -c Release --project tests/LstmSharp.KilledRun -- CHECKPOINT [PAUSE]
      CHECKPOINT   the file; the best one is CHECKPOINT.best
      PAUSE        milliseconds to wait after every batch, to be killed in; default 0
    """;

if (args.Length is 0 or > 2 || !int.TryParse(args.ElementAtOrDefault(1) ?? "0", out int pause))
{
    Console.WriteLine(Help);
    return 1;
}

string best = args[0] + ".best";
SequenceModel model = SequenceModel.Create(2).Lstm(12).TakeLast().Dense(1).Build(seed: File.Exists(args[0]) ? 2 : 1);
TrainingResult result = model.Fit(Draw(count: 70, seed: 3), new TrainingOptions
{
    Loss = Loss.MeanSquaredError,
    Optimizer = new AdamW(0.01f, amsgrad: true),
    Epochs = 6,
    BatchSize = 5,
    Validation = Draw(count: 20, seed: 4),
    EarlyStopping = new EarlyStopping(patience: 5),
    ClipGradientNorm = 1f,
    Schedule = new CosineSchedule(warmUpSteps: 10),
    Callbacks = [new PeriodicCheckpoint(args[0]) { EveryBatches = 1 }, new BestCheckpoint(best), new Pause(pause)],
    ResumeFrom = File.Exists(args[0]) ? args[0] : null,
});

float[] numbers =
[
    .. model.Parameters.SelectMany(parameter => parameter.Values.ToArray()),
    .. Checkpoint.LoadModel(best).Parameters.SelectMany(parameter => parameter.Values.ToArray()),
    .. result.History.SelectMany(epoch => new[] { epoch.TrainingLoss, epoch.ValidationLoss!.Value, epoch.MaximumGradientNorm }),
];
Console.WriteLine(Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(numbers.AsSpan()))));
return 0;

static SequenceDataset Draw(int count, int seed)
{
    const int length = 8, features = 2;
    var random = new Random(seed);
    float[] inputs = new float[length * count * features], targets = new float[count];
    for (int n = 0; n < inputs.Length; n++)
    {
        inputs[n] = random.NextSingle() - 0.5f;
        targets[n / features % count] += inputs[n];
    }

    return new SequenceDataset(Tensor.Create(inputs, [length, count, features]), Tensor.Create(targets, [count, 1]));
}

/// <summary>Waits after every batch.</summary>
internal sealed class Pause(int milliseconds) : TrainingCallback
{
    public override void OnBatchEnd(TrainingContext context) => Thread.Sleep(milliseconds);
}
