using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using LstmSharp.Kernels;

namespace LstmSharp.Campaigns.Fingerprint;

/// <summary>One hash over all that the library computes.</summary>
internal sealed class FingerprintCampaign : Campaign
{
    public override string Name => "fingerprint";

    public override string Summary => "one hash over all weights, outputs, gradients and losses";

    protected override string Help => """
        Trains and runs models of every kind from fixed seeds and prints one XxHash128 over all weights, outputs, gradients and losses.
        It is the same on every machine that has fused multiply-add instructions: docs/same-bits.md.

        fingerprint [options]
          --threads N            how many threads may take part; default 1
          --width 128|256|512    the vector width; default: the widest that this machine accelerates
          --details              also one hash for every model, and what hardware was found
          --write FILE           also writes the hash there, where a change of bits is meant:
                                 tests/LstmSharp.Campaigns/Fingerprint/expected-hash.txt
          --help                 this text
        """;

    public override int Run(string[] args)
    {
        int threads = 1;
        SimdWidth width = SimdWidths.Best;
        bool details = false;
        string? file = null;
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
            else if (args[n] == "--write" && value.Length > 0)
            {
                file = value;
                n++;
            }
            else if (args[n] == "--details")
            {
                details = true;
            }
            else
            {
                return Explain(wasAsked: args[n] == "--help");
            }
        }

        var setting = new Setting(width, threads);
        LibraryFingerprint fingerprint = LibraryFingerprint.Take(setting);
        if (details)
        {
            PrintDetails(setting, fingerprint);
        }

        if (file is not null)
        {
            File.WriteAllText(file, fingerprint.Hash + "\n");
        }

        Console.WriteLine(fingerprint.Hash);
        return 0;
    }

    private static void PrintDetails(Setting setting, LibraryFingerprint fingerprint)
    {
        bool fused = Fma.IsSupported || Avx512F.IsSupported || AdvSimd.IsSupported;
        Console.WriteLine(
            $"{RuntimeInformation.RuntimeIdentifier}, {(int)SimdWidths.Best} bits accelerated, " +
            $"fused multiply-add {(fused ? "in hardware" : "missing")}; width {(int)setting.Width}, {setting.Threads} threads");
        foreach ((string name, string hash) in fingerprint.Details)
        {
            Console.WriteLine($"{hash}  {name}");
        }
    }
}
