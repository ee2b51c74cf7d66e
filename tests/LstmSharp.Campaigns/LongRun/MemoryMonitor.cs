using System.Globalization;

namespace LstmSharp.Campaigns.LongRun;

/// <summary>Samples the process while it trains, 30 times, and judges the samples after the warm-up.</summary>
internal sealed class MemoryMonitor(TimeSpan duration) : TrainingCallback
{
    private const int Samples = 30;
    private const int WarmUpSamples = Samples / 10;
    private const double Megabyte = 1 << 20;

    /// <summary>What the working set may grow by after the warm-up, as a share: garbage that waits for its collection.</summary>
    private const double AllowedGrowth = 0.05;

    private readonly List<Sample> _samples = [];

    public override void OnTrainingBegin(TrainingContext context)
    {
        Console.WriteLine("     time   epochs    batches  working set MB  managed heap MB  allocated MB  gen 0  gen 1  gen 2");
        Take(context);
    }

    public override void OnBatchEnd(TrainingContext context)
    {
        if (context.Elapsed >= duration * _samples.Count / Samples)
        {
            Take(context);
        }
    }

    /// <summary>Says whether memory was flat and generation 2 left alone.</summary>
    /// <returns>Whether both hold.</returns>
    public bool WriteVerdict()
    {
        if (_samples.Count <= WarmUpSamples + 1)
        {
            Console.WriteLine("FAILED: training ended before there were samples to judge.");
            return false;
        }

        Sample first = _samples[WarmUpSamples], last = _samples[^1];
        long highest = _samples.Skip(WarmUpSamples).Max(sample => sample.WorkingSet);
        double growth = ((double)highest / first.WorkingSet) - 1;
        int collections = last.Generation2 - first.Generation2;
        bool holds = growth <= AllowedGrowth && collections == 0;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(holds ? "HOLDS" : "FAILED")}: after the warm-up ({first.Time:hh\\:mm\\:ss} to {last.Time:hh\\:mm\\:ss}) " +
            $"the working set was " +
            $"{first.WorkingSet / Megabyte:F1} MB and at most {highest / Megabyte:F1} MB ({growth:+0.0%;-0.0%}, " +
            $"allowed {AllowedGrowth:0%}), with {collections} collections of generation 2 (allowed 0)."));
        return holds;
    }

    private void Take(TrainingContext context)
    {
        Sample sample = new(context.Elapsed, Environment.WorkingSet, GC.CollectionCount(2));
        _samples.Add(sample);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{sample.Time,9:hh\\:mm\\:ss} {context.History.Count,8} {context.BatchesDone,10} {sample.WorkingSet / Megabyte,15:F1} " +
            $"{GC.GetTotalMemory(forceFullCollection: false) / Megabyte,16:F1} {GC.GetTotalAllocatedBytes() / Megabyte,13:F1} " +
            $"{GC.CollectionCount(0),6} {GC.CollectionCount(1),6} {sample.Generation2,6}"));
    }

    private readonly record struct Sample(TimeSpan Time, long WorkingSet, int Generation2);
}
