using System.Diagnostics;

namespace LstmSharp.Benchmarks.Processes;

/// <summary>Runs a program to its end.</summary>
internal static class ChildProcess
{
    /// <summary>Starts a program and waits.</summary>
    /// <returns>Its exit code and all that it printed.</returns>
    public static (int ExitCode, string Output) Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    /// <summary>Starts this program with other arguments and waits.</summary>
    /// <returns>Its exit code and all that it printed.</returns>
    public static (int ExitCode, string Output) RunThisProgram(params string[] arguments)
    {
        string program = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return Run(program, isHost ? [typeof(ChildProcess).Assembly.Location, .. arguments] : arguments);
    }
}
