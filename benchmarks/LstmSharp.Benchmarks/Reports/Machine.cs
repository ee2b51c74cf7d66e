using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using LstmSharp.Kernels;

namespace LstmSharp.Benchmarks.Reports;

/// <summary>Where and with what a report was made.</summary>
internal static class Machine
{
    public static string Describe(double peak) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Processor()}, {Environment.ProcessorCount} cores, {InstructionSets()} (vectors of {(int)SimdWidths.Best} bits),
        FMA peak of one core {peak:F1} GFLOP/s; {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture};
        {RuntimeInformation.FrameworkDescription}; {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC.
        """);

    /// <summary>The version of a contender's assembly, as its package states it.</summary>
    public static string Version(Contender contender)
    {
        string name = contender switch
        {
            Contender.OnnxRuntime => "Microsoft.ML.OnnxRuntime",
            Contender.TensorPrimitives => "System.Numerics.Tensors",
            _ => contender.ToString(),
        };
        string version = Assembly.Load(name).GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";
        return version.Split('+')[0];
    }

    private static string Processor()
    {
        const string CpuInfo = "/proc/cpuinfo";
        string? line = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?.Split(':')[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown processor";
    }

    private static string InstructionSets() =>
        Avx512F.IsSupported ? "AVX-512"
        : Avx2.IsSupported ? "AVX2"
        : AdvSimd.IsSupported ? "NEON"
        : "SSE";
}
