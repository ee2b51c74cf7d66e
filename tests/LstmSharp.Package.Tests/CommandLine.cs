using System.Diagnostics;

namespace LstmSharp.Package.Tests;

/// <summary>Starts programs as a user's shell would.</summary>
internal static class CommandLine
{
    private static string DotnetHost =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    /// <summary>Runs the .NET SDK and returns what it printed to the standard output.</summary>
    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public static string Dotnet(string folder, params string[] arguments) => Run(folder, DotnetHost, arguments);

    /// <summary>Runs a program and returns what it printed to the standard output.</summary>
    /// <exception cref="InvalidOperationException">The program failed.</exception>
    public static string Run(string folder, string program, params string[] arguments)
    {
        (int exitCode, string output, string errors) = TryRun(folder, program, arguments);
        return exitCode == 0
            ? output
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)}\nended with exit code {exitCode}:\n{output}{errors}");
    }

    /// <summary>Runs a program that may fail.</summary>
    public static (int ExitCode, string Output, string Errors) TryRun(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        SetEnvironment(start.Environment);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    private static void SetEnvironment(IDictionary<string, string?> environment)
    {
        // The test runner's own MSBuild must not speak for the build that is started here; nor may what that one leaves running
        // (build nodes, compiler server) keep the output's pipe open.
        foreach (string name in environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            environment.Remove(name);
        }

        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["UseSharedCompilation"] = "false";
        environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "false";
        environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
    }
}
