namespace LstmSharp.Benchmarks.Loops;

/// <summary>Training steps one after another, each with its loss and its processor time.</summary>
internal abstract class TrainingLoop
{
    private TimeSpan _start;

    /// <summary>The losses so far, each measured before its update.</summary>
    public List<float> Losses { get; } = [];

    /// <summary>The processor time of each step so far in µs, which does not count what others do on a machine that is shared.</summary>
    public List<double> Times { get; } = [];

    /// <summary>Makes everything that comes before the first step.</summary>
    public static TrainingLoop Create(TrainingWork work, Contender contender) => (work, contender) switch
    {
        (TrainingWork.LanguageModel, Contender.LstmSharp) => new LanguageModelFit(),
        (TrainingWork.Ragged32, Contender.LstmSharp) => new RaggedLoop(batchSize: 32),
        (TrainingWork.Ragged128, Contender.LstmSharp) => new RaggedLoop(batchSize: 128),
#if TORCHSHARP
        (TrainingWork.LanguageModel, Contender.TorchSharp) => new TorchLanguageModel(),
        (TrainingWork.Ragged32, Contender.TorchSharp) => new TorchRaggedLoop(batchSize: 32),
        (TrainingWork.Ragged128, Contender.TorchSharp) => new TorchRaggedLoop(batchSize: 128),
#endif
        _ => throw new NotSupportedException($"{contender} is not in this build, or does not do {work}."),
    };

    public abstract void Run(int steps);

    protected void BeginStep() => _start = Environment.CpuUsage.TotalTime;

    protected void EndStep(float loss)
    {
        Times.Add((Environment.CpuUsage.TotalTime - _start).TotalMicroseconds);
        Losses.Add(loss);
        BeginStep();
    }
}
