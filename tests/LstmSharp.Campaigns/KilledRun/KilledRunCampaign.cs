using System.IO.Hashing;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LstmSharp.Campaigns.KilledRun;

/// <summary>A training run that may be killed at any moment and started again.</summary>
internal sealed class KilledRunCampaign : Campaign
{
    public override string Name => "killed-run";

    public override string Summary => "the training run that a test kills and starts again";

    protected override string Help => """
        Trains a small model from fixed seeds, saves a checkpoint after every batch and the best one beside it, and goes on from the
        checkpoint where there is one. At its end it prints one hash over the weights, the best weights and the losses: the same,
        however often it was killed on the way.

        killed-run CHECKPOINT [PAUSE]
          CHECKPOINT   the file; the best one is CHECKPOINT.best
          PAUSE        milliseconds to wait after every batch, to be killed in; default 0
        """;

    public override int Run(string[] args)
    {
        if (args.Length is 0 or > 2 || args[0] == "--help" || !int.TryParse(args.ElementAtOrDefault(1) ?? "0", out int pause))
        {
            return Explain(wasAsked: args is ["--help"]);
        }

        Train(args[0], pause);
        return 0;
    }

    private static void Train(string checkpoint, int pause)
    {
        string best = checkpoint + ".best";
        SequenceModel model = SequenceModel.Create(2).Lstm(12).TakeLast().Dense(1).Build(seed: File.Exists(checkpoint) ? 2 : 1);
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
            Callbacks = [new PeriodicCheckpoint(checkpoint) { EveryBatches = 1 }, new BestCheckpoint(best), new Pause(pause)],
            ResumeFrom = File.Exists(checkpoint) ? checkpoint : null,
        });

        float[] numbers =
        [
            .. model.Parameters.SelectMany(parameter => parameter.Values.ToArray()),
            .. Checkpoint.LoadModel(best).Parameters.SelectMany(parameter => parameter.Values.ToArray()),
            .. result.History.SelectMany(epoch => new[] { epoch.TrainingLoss, epoch.ValidationLoss!.Value, epoch.MaximumGradientNorm }),
        ];
        Console.WriteLine(Convert.ToHexStringLower(XxHash128.Hash(MemoryMarshal.AsBytes(numbers.AsSpan()))));
    }

    private static SequenceDataset Draw(int count, int seed)
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
    private sealed class Pause(int milliseconds) : TrainingCallback
    {
        public override void OnBatchEnd(TrainingContext context) => Thread.Sleep(milliseconds);
    }
}
