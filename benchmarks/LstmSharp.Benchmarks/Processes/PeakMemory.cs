using System.Diagnostics;
using System.Globalization;
using LstmSharp.Benchmarks.Engines;

namespace LstmSharp.Benchmarks.Processes;

/// <summary>The most memory that a process held, measured by running this program once more for each contender.</summary>
internal static class PeakMemory
{
    /// <summary>The first argument of a process that does one measurement's work and prints its peak.</summary>
    public const string Verb = "--peak-memory-of";

    private const int Operations = 5;
    private const string StatusFile = "/proc/self/status";
    private const string PeakLine = "VmHWM:";

    /// <summary>The work of the started process; without a measurement it does nothing.</summary>
    public static void RunChild(ReadOnlySpan<string> args)
    {
        if (args.Length > 0)
        {
            var measurement = new Measurement(
                Enum.Parse<Contender>(args[0]), Enum.Parse<Work>(args[1]), Shape.Parse(args[2]));
            using Engine engine = Engine.Create(measurement);
            Action operation = engine.Operation(measurement.Work);
            for (int n = 0; n < Operations; n++)
            {
                operation();
            }
        }

        Console.WriteLine(OfThisProcess().ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Starts a process for a measurement, or for nothing at all, and reads its peak in mebibytes; NaN where it fails.</summary>
    public static double Of(Measurement? measurement)
    {
        Shape? shape = measurement?.Shape;
        string[] work = measurement is null || shape is not { } s
            ? []
            : [measurement.Contender.ToString(), measurement.Work.ToString(), $"{s.Length},{s.BatchSize},{s.InputSize},{s.HiddenSize}"];
        (int exitCode, string output) = ChildProcess.RunThisProgram([Verb, .. work]);
        return exitCode == 0 ? double.Parse(output, CultureInfo.InvariantCulture) : double.NaN;
    }

    /// <summary>The peak of this process so far, in mebibytes.</summary>
    public static double OfThisProcess()
    {
        if (!File.Exists(StatusFile))
        {
            using Process process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 / (1024.0 * 1024);
        }

        return ParseStatus(File.ReadLines(StatusFile));
    }

    /// <summary>Reads the peak, in mebibytes, from lines that hold it as <c>VmHWM: N kB</c>; NaN where they do not.</summary>
    public static double ParseStatus(IEnumerable<string> lines)
    {
        string? line = lines.FirstOrDefault(text => text.StartsWith(PeakLine, StringComparison.Ordinal));
        return line is null
            ? double.NaN
            : double.Parse(line[PeakLine.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
