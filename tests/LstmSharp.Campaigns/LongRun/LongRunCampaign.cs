using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;

namespace LstmSharp.Campaigns.LongRun;

/// <summary>A long training run with everything switched on, whose memory is watched.</summary>
internal sealed class LongRunCampaign : Campaign
{
    /// <summary>In tiers, what a checkpoint calls would be compiled again at the thirtieth one: 3 to 4 MB of the compiler, once.</summary>
    private const string Tiers = "DOTNET_TieredCompilation";

    public override string Name => "long-run";

    public override string Summary => "half an hour of Fit: flat memory, no generation-2 collection";

    protected override string Help => """
        Trains for a while with everything switched on (validation, clipping, early stopping, a schedule, checkpoints, a CSV log), and watches
        the process: its memory must stay flat, and after the warm-up no garbage of generation 2 may be collected.

        long-run [MINUTES]
          MINUTES   how long to train; default 30, of which the first tenth is the warm-up
          --help    this text
        It runs in a process of its own, without tiered compilation. The last line is the verdict. Ends with exit code 0 where both hold, else 1.
        """;

    public override int Run(string[] args)
    {
        double minutes = 30;
        bool understood = args.Length == 0
            || (args.Length == 1
                && double.TryParse(args[0], NumberStyles.Float, CultureInfo.InvariantCulture, out minutes)
                && minutes is > 0 and < 1e6);
        if (!understood)
        {
            return Explain(wasAsked: args is ["--help"]);
        }

        return Environment.GetEnvironmentVariable(Tiers) == "0" ? Train(TimeSpan.FromMinutes(minutes)) : RunWithoutTiers(args);
    }

    private int RunWithoutTiers(string[] args)
    {
        ProcessStartInfo start = OwnProcess.With([Name, .. args]);
        start.Environment[Tiers] = "0";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        process.WaitForExit();
        return process.ExitCode;
    }

    private static int Train(TimeSpan duration)
    {
        string folder = Directory.CreateTempSubdirectory("lstmsharp-long-run-").FullName;
        try
        {
            var monitor = new MemoryMonitor(duration);
            SequenceModel model = SequenceModel.Create(inputSize: 4).Lstm(64).Lstm(64).TakeLast().Dense(2).Build(seed: 1);
            Console.WriteLine(model.Summary());
            TrainingResult result = model.Fit(Waves(samples: 20_000, seed: 2), new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = new AdamW(learningRate: 1e-3f),
                Epochs = int.MaxValue,
                BatchSize = 32,
                Validation = Waves(samples: 2000, seed: 3),
                EarlyStopping = new EarlyStopping(patience: int.MaxValue),
                ClipGradientNorm = 1f,
                Schedule = new ExponentialSchedule(factor: 0.999),
                Callbacks =
                [
                    new TimeBudget(duration),
                    new PeriodicCheckpoint(Path.Combine(folder, "run.checkpoint")) { EveryEpochs = null, EveryInterval = duration / 30 },
                    new BestCheckpoint(Path.Combine(folder, "best.checkpoint")),
                    new CsvLog(Path.Combine(folder, "run.csv")),
                    monitor,
                ],
            });
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{result}, lowest validation loss {result.History.Min(epoch => epoch.ValidationLoss):G4}"));
            return monitor.WriteVerdict() ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Noisy waves of four features; the answer is where two of them go next.</summary>
    private static SequenceDataset Waves(int samples, int seed)
    {
        const int length = 40, features = 4, answers = 2;
        var random = new Random(seed);
        Tensor<float> inputs = Tensor.CreateFromShape<float>([length, samples, features]);
        Tensor<float> targets = Tensor.CreateFromShape<float>([samples, answers]);
        for (int n = 0; n < samples; n++)
        {
            for (int k = 0; k < features; k++)
            {
                float speed = 0.1f + (0.3f * random.NextSingle()), phase = 6 * random.NextSingle();
                for (int t = 0; t < length; t++)
                {
                    inputs[t, n, k] = MathF.Sin((speed * t) + phase) + (0.1f * (random.NextSingle() - 0.5f));
                }

                if (k < answers)
                {
                    targets[n, k] = MathF.Sin((speed * length) + phase);
                }
            }
        }

        return new SequenceDataset(inputs, targets);
    }
}
