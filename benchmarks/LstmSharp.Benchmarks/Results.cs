using BenchmarkDotNet.Reports;

namespace LstmSharp.Benchmarks;

/// <summary>The medians of a run.</summary>
internal sealed class Results
{
    private readonly Dictionary<Measurement, double> _medians = [];
    private readonly IReadOnlyDictionary<Measurement, long> _bytes;

    public Results(Summary? summary, IReadOnlyDictionary<Measurement, long> bytes)
    {
        _bytes = bytes;
        foreach (BenchmarkReport report in summary?.Reports ?? [])
        {
            var measurement = (Measurement)report.BenchmarkCase.Parameters[nameof(ContenderBenchmarks.Measurement)];
            if (report.ResultStatistics is { } statistics)
            {
                _medians[measurement] = statistics.Median;
            }
        }
    }

    /// <summary>The median time of one operation; NaN where it was not measured.</summary>
    public double Nanoseconds(Measurement measurement) =>
        _medians.GetValueOrDefault(measurement, double.NaN);

    /// <summary>The managed bytes that one operation allocates.</summary>
    public long Bytes(Measurement measurement) => _bytes.GetValueOrDefault(measurement);

    /// <summary>The time of a measurement over that of another contender in the same work; below 1 the former is faster.</summary>
    public double Ratio(Measurement measurement, Contender other) =>
        Nanoseconds(measurement) / Nanoseconds(measurement.By(other));
}
