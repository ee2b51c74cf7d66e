using System.Diagnostics;

namespace LstmSharp.Benchmarks;

/// <summary>Brings an operation's managed code to the JIT's last tier before it is timed.</summary>
/// <remarks>The JIT replaces a method in the background, perhaps twice, each time after 30 calls and a quiet 100 ms; where the process
/// sees one processor, a quiet second. Timed before that, TensorPrimitives looked a hundred times slower than it is.</remarks>
internal sealed class WarmUp
{
    private const int Calls = 40;
    private const int FirstRounds = 4;
    private static readonly TimeSpan MostOfARound = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan FirstPause = Pause * (Environment.ProcessorCount == 1 ? 10 : 1);

    private readonly HashSet<(Contender Contender, Work Work, CellKind Cell, bool HasHead)> _known = [];

    /// <summary>Runs an operation in rounds: several the first time that a contender does this kind of work, then one.</summary>
    public void Run(Measurement measurement, Action operation)
    {
        bool isFirst = _known.Add((measurement.Contender, measurement.Work, measurement.Cell, measurement.HasHead));
        for (int round = 0; round < (isFirst ? FirstRounds : 1); round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int call = 0; call < Calls && Stopwatch.GetElapsedTime(start) < MostOfARound; call++)
            {
                operation();
            }

            Thread.Sleep(isFirst ? FirstPause : Pause);
        }
    }
}
