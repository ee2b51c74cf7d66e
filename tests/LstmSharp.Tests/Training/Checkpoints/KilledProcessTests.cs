using System.Diagnostics;
using LstmSharp.Tests.Serialization;

namespace LstmSharp.Tests.Training.Checkpoints;

/// <summary>Real processes, really killed: the killed run of tests/LstmSharp.Campaigns.</summary>
public sealed class KilledProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Process_KilledThreeTimes_EndsWithTheBitsOfTheOneThatWasNot()
    {
        string expected = RunToItsEnd("whole");

        for (int kill = 1; kill <= 3; kill++)
        {
            Kill("killed");
        }

        RunToItsEnd("killed").Should().Be(expected).And.HaveLength(32);
    }

    private string RunToItsEnd(string checkpoint)
    {
        using Process process = Start(checkpoint, pause: 0);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit(Patience).Should().BeTrue();
        process.ExitCode.Should().Be(0);
        return output.Trim();
    }

    /// <summary>Starts the program and kills it as soon as it has saved a checkpoint: 84 batches with a pause take longer.</summary>
    private void Kill(string checkpoint)
    {
        string file = _folder.File(checkpoint);
        DateTime before = File.GetLastWriteTimeUtc(file);
        using Process process = Start(checkpoint, pause: 20);
        var watch = Stopwatch.StartNew();
        while (File.GetLastWriteTimeUtc(file) == before && watch.Elapsed < Patience)
        {
            Thread.Sleep(1);
        }

        process.Kill();
        process.WaitForExit(Patience).Should().BeTrue();
        process.ExitCode.Should().NotBe(0, "it was killed on its way");
        process.StandardOutput.ReadToEnd().Should().BeEmpty();
    }

    private Process Start(string checkpoint, int pause)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "LstmSharp.Campaigns.dll");
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        var start = new ProcessStartInfo(dotnet, ["exec", program, "killed-run", _folder.File(checkpoint), $"{pause}"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        return Process.Start(start)!;
    }
}
