using BenchmarkDotNet.Reports;

namespace LstmSharp.Benchmarks;

/// <summary>The medians and allocations of a run.</summary>
internal sealed class Results
{
    private readonly Dictionary<Measurement, (double Nanoseconds, long Bytes)> _values = [];

    public Results(Summary? summary)
    {
        foreach (BenchmarkReport report in summary?.Reports ?? [])
        {
            var measurement = (Measurement)report.BenchmarkCase.Parameters[nameof(ContenderBenchmarks.Measurement)];
            if (report.ResultStatistics is { } statistics)
            {
                _values[measurement] = (statistics.Median, report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0);
            }
        }
    }

    /// <summary>The median time of one operation; NaN where it was not measured.</summary>
    public double Nanoseconds(Measurement measurement) =>
        _values.TryGetValue(measurement, out (double Nanoseconds, long Bytes) value) ? value.Nanoseconds : double.NaN;

    /// <summary>The managed bytes that one operation allocates.</summary>
    public long Bytes(Measurement measurement) => _values[measurement].Bytes;

    /// <summary>The time of a measurement over that of another contender in the same work; below 1 the former is faster.</summary>
    public double Ratio(Measurement measurement, Contender other) =>
        Nanoseconds(measurement) / Nanoseconds(measurement.By(other));
}
