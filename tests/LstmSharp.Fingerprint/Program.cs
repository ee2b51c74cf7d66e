using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using LstmSharp.Fingerprint;
using LstmSharp.Kernels;

const string Help = """
    Trains and runs models of every kind from fixed seeds and prints one SHA-256 over all weights, outputs, gradients and losses.
    It is the same on every machine that has fused multiply-add instructions: docs/same-bits.md.

    dotnet run -c Release --project tests/LstmSharp.Fingerprint -- [options]
      --threads N            how many threads may take part; default 1
      --width 128|256|512    the vector width; default: the widest that this machine accelerates
      --details              also one hash for every model, and what hardware was found
      --help                 this text
    """;

int threads = 1;
SimdWidth width = SimdWidths.Best;
bool details = false;
for (int n = 0; n < args.Length; n++)
{
    string value = n + 1 < args.Length ? args[n + 1] : string.Empty;
    if (args[n] == "--threads" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out threads) && threads > 0)
    {
        n++;
    }
    else if (args[n] == "--width" && value is ("128" or "256" or "512"))
    {
        width = Enum.Parse<SimdWidth>("Bits" + value);
        n++;
    }
    else if (args[n] == "--details")
    {
        details = true;
    }
    else
    {
        Console.WriteLine(Help);
        return args[n] == "--help" ? 0 : 1;
    }
}

LibraryFingerprint fingerprint = LibraryFingerprint.Take(new Setting(width, threads));
if (details)
{
    bool fused = Fma.IsSupported || Avx512F.IsSupported || AdvSimd.IsSupported;
    int accelerated = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
    Console.WriteLine(
        $"{RuntimeInformation.RuntimeIdentifier}, {accelerated} bits accelerated, " +
        $"fused multiply-add {(fused ? "in hardware" : "missing")}; width {(int)width}, {threads} threads");
    foreach ((string name, string hash) in fingerprint.Details)
    {
        Console.WriteLine($"{hash}  {name}");
    }
}

Console.WriteLine(fingerprint.Hash);
return 0;
