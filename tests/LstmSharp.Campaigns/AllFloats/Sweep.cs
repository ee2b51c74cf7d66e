using LstmSharp.Kernels;

namespace LstmSharp.Campaigns.AllFloats;

/// <summary>Runs one function over a range of magnitudes, both signs, on several widths.</summary>
internal static class Sweep
{
    private const int BlockBits = 18;

    /// <summary>Checks every one of the 2³² floats.</summary>
    public static FunctionReport Full(ElementaryFunction function, IReadOnlyList<SimdWidth> widths)
    {
        var total = new FunctionReport(function);
        Parallel.For(
            0,
            1 << (31 - BlockBits),
            () => new FunctionReport(function),
            (block, _, report) =>
            {
                AddBlock(report, (uint)block << BlockBits, widths);
                return report;
            },
            report =>
            {
                lock (total)
                {
                    total.Merge(report);
                }
            });
        return total;
    }

    /// <summary>Checks one block of magnitudes, with the magnitude before it, so that no step between neighbours is missed.</summary>
    private static void AddBlock(FunctionReport report, uint first, IReadOnlyList<SimdWidth> widths)
    {
        int lead = first == 0 ? 0 : 1;
        var positive = new float[(1 << BlockBits) + lead];
        var negative = new float[positive.Length];
        for (int n = 0; n < positive.Length; n++)
        {
            uint bits = first + (uint)n - (uint)lead;
            positive[n] = BitConverter.UInt32BitsToSingle(bits);
            negative[n] = BitConverter.UInt32BitsToSingle(bits | 0x80000000);
        }

        Add(report, positive, negative, widths);
    }

    /// <summary>Checks f over ascending positive values and over their negatives.</summary>
    public static void Add(FunctionReport report, float[] positive, float[] negative, IReadOnlyList<SimdWidth> widths)
    {
        float[] ofPositive = Apply(report, positive, widths);
        float[] ofNegative = Apply(report, negative, widths);
        report.AddRun(positive, ofPositive, descending: false);
        report.AddRun(negative, ofNegative, descending: true);
        if (report.Function.IsOdd)
        {
            report.AddOddness(ofPositive, ofNegative);
        }
    }

    private static float[] Apply(FunctionReport report, float[] x, IReadOnlyList<SimdWidth> widths)
    {
        var y = new float[x.Length];
        report.Function.Apply(x, y, widths[0]);
        foreach (SimdWidth width in widths.Skip(1))
        {
            var other = new float[x.Length];
            report.Function.Apply(x, other, width);
            report.AddWidth(y, other);
        }

        return y;
    }
}
