using System.Diagnostics;
using LstmSharp.Benchmarks.Engines;

namespace LstmSharp.Benchmarks.Processes;

/// <summary>Publishes the programs of benchmarks/ColdStart and times them from start to end.</summary>
internal static class ColdStart
{
    private const int Runs = 25;
    private static readonly Shape LayerShape = new(100, 1, 64, 128);

    public static readonly string[] Variants = ["Empty", "Jit", "ReadyToRun", "Aot", "OnnxRuntime"];

    /// <summary>Median milliseconds and peak mebibytes of each variant that could be published.</summary>
    public static IReadOnlyDictionary<string, (double Milliseconds, double Mebibytes)> Measure()
    {
        string folder = Directory.CreateTempSubdirectory("lstmsharp-coldstart-").FullName;
        try
        {
            string onnx = Path.Combine(folder, "layer.onnx"), safeTensors = Path.Combine(folder, "layer.safetensors");
            File.WriteAllBytes(onnx, OnnxModel.Write(new Problem(LayerShape, CellKind.Lstm, Values.Usual), isStreaming: false));
            SequenceModel.Create(LayerShape.InputSize).Lstm(LayerShape.HiddenSize).Build(seed: 1).Save(safeTensors);
            string[] published = [.. Variants.Where(variant => Publish(variant, folder))];
            string LayerFile(string variant) => variant == "OnnxRuntime" ? onnx : safeTensors;
            var times = published.ToDictionary(variant => variant, _ => new List<double>());
            for (int run = -1; run < Runs; run++)
            {
                foreach (string variant in published)
                {
                    long start = Stopwatch.GetTimestamp();
                    Require(ChildProcess.Run(Program(variant, folder), [LayerFile(variant)]), variant);
                    if (run >= 0)
                    {
                        times[variant].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    }
                }
            }

            return published.ToDictionary(
                variant => variant,
                variant => (times[variant].Order().ElementAt(Runs / 2), Peak(Program(variant, folder), LayerFile(variant), variant)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Peak(string program, string file, string variant) =>
        PeakMemory.ParseStatus(Require(ChildProcess.Run(program, [file, "memory"]), variant).Split('\n'));

    private static string Program(string variant, string folder) =>
        Path.Combine(folder, variant, OperatingSystem.IsWindows() ? "ColdStart.exe" : "ColdStart");

    private static bool Publish(string variant, string folder)
    {
        Console.Error.WriteLine($"publishing ColdStart, {variant}");
        (int exitCode, string output) = ChildProcess.Run(
            "dotnet",
            [
                "publish", ProjectFile(), "-c", "Release", $"-p:Variant={variant}", "-v", "q",
                "--artifacts-path", Path.Combine(folder, $"{variant}-build"), "-o", Path.Combine(folder, variant),
            ]);
        if (exitCode != 0)
        {
            Console.Error.WriteLine(output);
        }

        return exitCode == 0;
    }

    private static string Require((int ExitCode, string Output) result, string variant) =>
        result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"ColdStart, {variant}: ended with exit code {result.ExitCode}.");

    private static string ProjectFile()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "LstmSharp.sln")))
        {
            folder = folder.Parent;
        }

        return folder is null
            ? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds LstmSharp.sln.")
            : Path.Combine(folder.FullName, "benchmarks", "ColdStart", "ColdStart.csproj");
    }
}
