using LstmSharp.Tests.Serialization;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training.Checkpoints;

/// <summary>A run of training with everything switched on, that can be stopped at any evaluation of its loss and resumed as if in a
/// new process: with another model, optimizer and callbacks, made anew.</summary>
internal sealed class ResumeScene(Func<Optimizer> optimizer, Func<LearningRateSchedule?> schedule) : IDisposable
{
    /// <summary>Five training batches, the last of them smaller, and two of validation.</summary>
    public const int EvaluationsPerEpoch = 7;

    private readonly TemporaryFolder _folder = new();

    public ResumeScene(string optimizer, string schedule)
        : this(() => CreateOptimizer(optimizer), () => CreateSchedule(schedule))
    {
    }

    public Func<Optimizer> Optimizer { get; set; } = optimizer;

    public Func<LearningRateSchedule?> Schedule { get; set; } = schedule;

    public Func<TrainingCallback[]> Callbacks { get; set; } = () => [];

    public int HiddenSize { get; set; } = 5;

    public int Epochs { get; set; } = 6;

    public int BatchSize { get; set; } = 4;

    public int AccumulateBatches { get; set; } = 1;

    public ExponentialMovingAverage? WeightAveraging { get; set; }

    public float? DropoutRate { get; set; }

    /// <summary>Whether the dropout stands in a Residual with another recurrent layer.</summary>
    public bool IsResidual { get; set; }

    public int Seed { get; set; } = 12;

    public bool Shuffle { get; set; } = true;

    public float? ClipGradientNorm { get; set; } = 0.5f;

    public Func<Metric?> Monitor { get; set; } = () => null;

    public int? Patience { get; set; } = 2;

    public SequenceDataset Training { get; set; } = Means(18);

    public SequenceDataset? Validation { get; set; } = Means(7, seed: 8);

    public string Checkpoint => FileOf("run.checkpoint");

    public string Log => FileOf("run.csv");

    public string FileOf(string name) => _folder.File(name);

    /// <summary>Runs the training to its end, or to a stop.</summary>
    /// <param name="cancelAt">At which evaluation of the loss to cancel, from 1; by default at none.</param>
    /// <param name="resumeFrom">The checkpoint to go on from.</param>
    public Outcome Run(int cancelAt = 0, string? resumeFrom = null) =>
        Run(CreateModel(seed: resumeFrom is null ? 3 : 99), Optimizer(), cancelAt, resumeFrom);

    public Outcome Run(SequenceModel model, Optimizer optimizer, int cancelAt = 0, string? resumeFrom = null)
    {
        using CancellationTokenSource source = new();
        var options = new TrainingOptions
        {
            Loss = new StoppingLoss(cancelAt, source),
            Optimizer = optimizer,
            Epochs = Epochs,
            BatchSize = BatchSize,
            AccumulateBatches = AccumulateBatches,
            WeightAveraging = WeightAveraging,
            Seed = Seed,
            Shuffle = Shuffle,
            Validation = Validation,
            EarlyStopping = Patience is { } patience ? new EarlyStopping(patience) : null,
            ClipGradientNorm = ClipGradientNorm,
            Schedule = Schedule(),
            Monitor = Monitor(),
            Callbacks = [new PeriodicCheckpoint(Checkpoint) { EveryEpochs = null }, new CsvLog(Log), .. Callbacks()],
            ResumeFrom = resumeFrom,
        };
        TrainingResult result = model.Fit(Training, options, cancellationToken: source.Token);
        return new Outcome(model, result, optimizer);
    }

    /// <summary>Goes on from the checkpoint.</summary>
    public Outcome Resume(int cancelAt = 0) => Run(cancelAt, Checkpoint);

    public SequenceModel CreateModel(int seed)
    {
        SequenceModelBuilder layers = SequenceModel.Create(1).Lstm(HiddenSize, Masks);
        layers = IsResidual ? layers.Residual(inner => AddDropout(inner.Lstm(HiddenSize))) : AddDropout(layers);
        return layers.TakeLast().Dense(1).Build(seed);
    }

    /// <summary>Masks on the state of the first layer.</summary>
    public RecurrentRegularization? Masks { get; set; }

    private SequenceModelBuilder AddDropout(SequenceModelBuilder layers) => DropoutRate is { } rate ? layers.Dropout(rate) : layers;

    public void Dispose() => _folder.Dispose();

    public static Optimizer CreateOptimizer(string name) => name switch
    {
        "sgd" => new Sgd(0.05f, momentum: 0.9f, dampening: 0.1f),
        "adam" => new Adam(0.02f, weightDecay: 0.01f),
        "adamw" => new AdamW(0.02f, amsgrad: true),
        "rmsprop" => new RmsProp(0.01f, momentum: 0.5f, centered: true),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    public static LearningRateSchedule? CreateSchedule(string name) => name switch
    {
        "none" => null,
        "step" => new StepSchedule(every: 2, factor: 0.5),
        "exponential" => new ExponentialSchedule(0.97, ScheduleInterval.Batch),
        "cosine" => new CosineSchedule(warmUpSteps: 6),
        "one-cycle" => new OneCycleSchedule(maximumRate: 0.05f),
        "plateau" => new PlateauSchedule(factor: 0.5, patience: 0, threshold: 0.3, coolDown: 1),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    /// <summary>What a run came to, all of it comparable to the bit.</summary>
    internal sealed class Outcome(SequenceModel model, TrainingResult result, Optimizer optimizer)
    {
        public TrainingResult Result => result;

        public float[] Weights => model.Weights();

        public EpochSummary[] History => [.. result.History.Select(epoch => epoch with { Duration = TimeSpan.Zero })];

        public float[] Moments =>
        [
            .. optimizer.Moments.SelectMany(set => set)
                .SelectMany(moment => moment.Values.ToArray()),
        ];

        public void ShouldEqual(Outcome other, string because)
        {
            Weights.ShouldHaveTheBitsOf(other.Weights, because);
            Moments.ShouldHaveTheBitsOf(other.Moments, because);
            History.Should().Equal(other.History, because);
            result.StopReason.Should().Be(other.Result.StopReason, because);
            result.BestEpoch.Should().Be(other.Result.BestEpoch, because);
        }
    }

    /// <summary>The mean squared error, cancelling at one evaluation.</summary>
    private sealed class StoppingLoss(int cancelAt, CancellationTokenSource source) : Loss<float>
    {
        private int _evaluations;

        public override string ToString() => nameof(StoppingLoss);

        protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) =>
            target.Length.Should().Be(prediction.Length);

        protected override double ComputeSum(
            ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, double divisor)
        {
            if (++_evaluations == cancelAt)
            {
                source.Cancel();
            }

            return MeanSquaredError.Sum(prediction, target, gradient, divisor);
        }
    }
}
