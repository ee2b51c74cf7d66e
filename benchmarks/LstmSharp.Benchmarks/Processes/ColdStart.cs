using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using LstmSharp.Benchmarks.Engines;

namespace LstmSharp.Benchmarks.Processes;

/// <summary>Publishes the programs of benchmarks/ColdStart and times them from start to end.</summary>
internal static class ColdStart
{
    private const int Runs = 25;
    private static readonly Shape LayerShape = new(100, 1, 64, 128);

    public static readonly string[] Variants = ["Empty", "Jit", "ReadyToRun", "Aot", "AotAvx512", "OnnxRuntime"];

    /// <summary>Median milliseconds from start to end, peak mebibytes and microseconds of a warm prediction, of each variant that could
    /// be published.</summary>
    public static IReadOnlyDictionary<string, (double Milliseconds, double Mebibytes, double Microseconds)> Measure()
    {
        string folder = Directory.CreateTempSubdirectory("lstmsharp-coldstart-").FullName;
        try
        {
            string onnx = Path.Combine(folder, "layer.onnx"), safeTensors = Path.Combine(folder, "layer.safetensors");
            File.WriteAllBytes(onnx, OnnxModel.Write(new Problem(LayerShape, CellKind.Lstm, Values.Usual), isStreaming: false));
            SequenceModel.Create(LayerShape.InputSize).Lstm(LayerShape.HiddenSize).Build(seed: 1).Save(safeTensors);
            string[] published = [.. Variants.Where(CanRun).Where(variant => Publish(variant, folder))];
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
                variant =>
                {
                    (string program, string file) = (Program(variant, folder), LayerFile(variant));
                    return (times[variant].Order().ElementAt(Runs / 2), Peak(program, file, variant), Speed(program, file, variant));
                });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Peak(string program, string file, string variant) =>
        PeakMemory.ParseStatus(Require(ChildProcess.Run(program, [file, "memory"]), variant).Split('\n'));

    private static double Speed(string program, string file, string variant) =>
        variant == "Empty"
            ? double.NaN
            : double.Parse(
                Require(ChildProcess.Run(program, [file, "speed"]), variant).Trim().Split('\n')[^1], CultureInfo.InvariantCulture);

    private static bool CanRun(string variant) => variant != "AotAvx512" || Avx512F.IsSupported;

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
