using System.Diagnostics;
using System.Globalization;
using LstmSharp.Kernels;

namespace LstmSharp.Campaigns.AllFloats;

/// <summary>Measures nanoseconds per element in a warm loop over values that stay in the first-level cache.</summary>
internal static class Speed
{
    private const int Count = 2048;
    private const int Repeats = 2000;
    private const int Rounds = 25;

    public static void Print(IReadOnlyList<SimdWidth> widths)
    {
        var random = new Random(1);
        var x = new float[Count];
        for (int n = 0; n < Count; n++)
        {
            x[n] = (float)((random.NextDouble() * 16) - 8);
        }

        foreach (ElementaryFunction function in ElementaryFunction.All)
        {
            foreach (SimdWidth width in widths)
            {
                Print($"{function.Name} {(int)width}", NanosecondsPerElement(function.Apply, x, width));
            }

            Print($"{function.Name} TensorPrimitives", NanosecondsPerElement(function.Platform, x, widths[^1]));
        }
    }

    private static void Print(string what, double nanoseconds) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-26} {nanoseconds:F3} ns per element"));

    /// <summary>The best of several rounds, the least disturbed one.</summary>
    private static double NanosecondsPerElement(ElementaryFunction.Span function, float[] x, SimdWidth width)
    {
        var y = new float[x.Length];
        double best = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int repeat = 0; repeat < Repeats; repeat++)
            {
                function(x, y, width);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / ((double)Repeats * x.Length));
        }

        return best;
    }
}
