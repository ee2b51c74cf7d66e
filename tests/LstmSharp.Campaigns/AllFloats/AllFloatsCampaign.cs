using System.Diagnostics;
using System.Globalization;
using LstmSharp.Kernels;

namespace LstmSharp.Campaigns.AllFloats;

/// <summary>exp, sigmoid and tanh for each of the 2³² floats.</summary>
internal sealed class AllFloatsCampaign : Campaign
{
    public override string Name => "all-floats";

    public override string Summary => "exp, tanh and sigmoid for each of the 2^32 floats";

    protected override string Help => """
        Checks exp, sigmoid and tanh over all 2^32 floats: error against double, steps back, bounds, oddness, equal bits on every width.

        all-floats [options]
          --widths 128,256,512   vector widths to check; default: those that this machine accelerates
          --speed                measure single-threaded nanoseconds per element instead, beside TensorPrimitives
          --help                 this text
        Ends with exit code 0 where every law holds, else 1. Takes a few minutes.
        """;

    public override int Run(string[] args)
    {
        List<SimdWidth> widths = [.. Enum.GetValues<SimdWidth>().Where(width => width <= SimdWidths.Best)];
        bool speed = false;
        for (int n = 0; n < args.Length; n++)
        {
            if (args[n] == "--widths" && n + 1 < args.Length && TryParseWidths(args[n + 1], out List<SimdWidth> chosen))
            {
                widths = chosen;
                n++;
            }
            else if (args[n] == "--speed")
            {
                speed = true;
            }
            else
            {
                return Explain(wasAsked: args[n] == "--help");
            }
        }

        if (speed)
        {
            Speed.Print(widths);
            return 0;
        }

        return Check(widths) ? 0 : 1;
    }

    private static bool Check(List<SimdWidth> widths)
    {
        Console.WriteLine($"All floats, widths {string.Join(", ", widths.Select(width => (int)width))}");
        Console.WriteLine("function  worst ULP               at  step back  out of bounds  not odd  width differs  seconds  verdict");
        bool holds = true;
        foreach (ElementaryFunction function in ElementaryFunction.All)
        {
            var watch = Stopwatch.StartNew();
            FunctionReport report = Sweep.Full(function, widths);
            holds &= report.Holds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{function.Name,-8} {report.WorstUlpError,10:F5} {report.WorstUlpErrorAt,16:G9} {report.WorstStepBack,10} " +
                $"{report.OutOfBounds,14} {report.NotOdd,8} {report.WidthMismatches,14} {watch.Elapsed.TotalSeconds,8:F0}  " +
                $"{(report.Holds ? "holds" : "BROKEN")}"));
        }

        return holds;
    }

    private static bool TryParseWidths(string text, out List<SimdWidth> widths)
    {
        widths = [];
        foreach (string part in text.Split(','))
        {
            if (!Enum.TryParse("Bits" + part, out SimdWidth width))
            {
                return false;
            }

            widths.Add(width);
        }

        return true;
    }
}
