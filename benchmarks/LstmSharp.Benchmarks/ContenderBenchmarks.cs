using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LstmSharp.Benchmarks.Engines;
using Perfolizer.Horology;

namespace LstmSharp.Benchmarks;

/// <summary>Times the operation of every measurement, one after another in this process.</summary>
public class ContenderBenchmarks
{
    private const int Countings = 5;

    private static readonly WarmUp s_warmUp = new();
    private static readonly Dictionary<Measurement, long> s_bytes = [];
    private static int s_started;

    private Engine _engine = null!;
    private Action _operation = null!;

    /// <summary>What is measured, in the order of execution; set before the run.</summary>
    public static IReadOnlyList<Measurement> Measurements { get; set; } = [];

    /// <summary>The managed bytes that one warm operation of each measurement allocated, on all threads.</summary>
    public static IReadOnlyDictionary<Measurement, long> Bytes => s_bytes;

    [ParamsSource(nameof(Measurements))]
    public Measurement Measurement { get; set; } = null!;

    [GlobalSetup]
    public void Setup()
    {
        Console.Error.WriteLine($"[{++s_started}/{Measurements.Count}] {Measurement}");
        _engine = Engine.Create(Measurement);
        _operation = _engine.Operation(Measurement.Work);
        s_warmUp.Run(Measurement, _operation);
        s_bytes[Measurement] = CountBytes();
    }

    [Benchmark]
    public void Run() => _operation();

    /// <summary>Ends the engine's threads, too, so that none spins beside the next measurement.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _engine.Dispose();
        _operation = null!;
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>The least of a few operations: the rest is the runtime's own.</summary>
    private long CountBytes()
    {
        long least = long.MaxValue;
        for (int n = 0; n < Countings; n++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            _operation();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }

    /// <summary>One short run of everything in this process.</summary>
    internal sealed class Settings : ManualConfig
    {
        public Settings()
        {
            AddJob(Job.Default
                .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromMinutes(10), logOutput: false))
                .WithUnrollFactor(1)
                .WithEvaluateOverhead(false)
                .WithWarmupCount(2)
                .WithIterationCount(9)
                .WithIterationTime(TimeInterval.FromMilliseconds(100)));
            AddColumnProvider(DefaultColumnProviders.Instance);
            AddLogger(NullLogger.Instance);
            WithOrderer(new AsListed());
            WithOptions(ConfigOptions.DisableOptimizationsValidator);
        }
    }

    /// <summary>Keeps the contenders of one work next to each other, so that a drift of the clock meets them alike.</summary>
    private sealed class AsListed : DefaultOrderer
    {
        public override IEnumerable<BenchmarkCase> GetExecutionOrder(
            ImmutableArray<BenchmarkCase> benchmarksCase, IEnumerable<BenchmarkLogicalGroupRule>? order = null) => benchmarksCase;
    }
}
