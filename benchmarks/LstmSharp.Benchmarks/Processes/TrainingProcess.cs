using System.Globalization;
using LstmSharp.Benchmarks.Loops;

namespace LstmSharp.Benchmarks.Processes;

/// <summary>Training steps of one contender in a process of their own: their time, and the most memory that the process held.</summary>
internal static class TrainingProcess
{
    /// <summary>The first argument of a process that trains and prints what it measured.</summary>
    public const string Verb = "--train";

    private const int WarmUps = 20;
    private const int Steps = 30;

    /// <summary>What a process measured.</summary>
    /// <param name="Microseconds">The median processor time of a warm step.</param>
    /// <param name="Mebibytes">The process's peak.</param>
    /// <param name="Loss">The loss of the last step.</param>
    public readonly record struct Figures(double Microseconds, double Mebibytes, double Loss);

    /// <summary>The work of the started process.</summary>
    public static void RunChild(ReadOnlySpan<string> args)
    {
        TrainingLoop loop = TrainingLoop.Create(Enum.Parse<TrainingWork>(args[0]), Enum.Parse<Contender>(args[1]));
        loop.Run(WarmUps + Steps);
        double median = loop.Times.Skip(WarmUps).Order().ElementAt(Steps / 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{median} {PeakMemory.OfThisProcess()} {loop.Losses[^1]}"));
    }

    /// <summary>Starts a process and reads what it measured; NaNs where it fails.</summary>
    public static Figures Run(TrainingWork work, Contender contender)
    {
        (int exitCode, string output) = ChildProcess.RunThisProgram(Verb, work.ToString(), contender.ToString());
        if (exitCode != 0)
        {
            return new Figures(double.NaN, double.NaN, double.NaN);
        }

        double[] numbers = [.. output.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        return new Figures(numbers[0], numbers[1], numbers[2]);
    }
}
