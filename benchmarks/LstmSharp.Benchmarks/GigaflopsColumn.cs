using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace LstmSharp.Benchmarks;

/// <summary>How many times the forward products a benchmark computes: 3 for a training step.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FlopsAttribute(int forwardRuns) : Attribute
{
    public int ForwardRuns { get; } = forwardRuns;
}

/// <summary>The products' multiplications and additions over the median time.</summary>
public sealed class GigaflopsColumn : IColumn
{
    public string Id => nameof(GigaflopsColumn);

    public string ColumnName => "GFLOP/s";

    public string Legend => "Multiplications and additions of the products, over the median time";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        GetValue(summary, benchmarkCase, SummaryStyle.Default);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        FlopsAttribute? flops = benchmarkCase.Descriptor.WorkloadMethod.GetCustomAttribute<FlopsAttribute>();
        double? nanoseconds = summary[benchmarkCase]?.ResultStatistics?.Median;
        if (flops is null || nanoseconds is null)
        {
            return "-";
        }

        var shape = (Shape)benchmarkCase.Parameters[nameof(LstmBenchmarks.Shape)];
        return (flops.ForwardRuns * shape.ForwardFlops / nanoseconds.Value).ToString("F1", CultureInfo.InvariantCulture);
    }
}
