using LstmSharp.Campaigns.Fingerprint;
using LstmSharp.Kernels;

namespace LstmSharp.Tests.Models;

/// <summary>Every width and number of threads gives the committed bits, and so does every machine that runs these tests.</summary>
public sealed class FingerprintTests
{
    private static readonly int[] Threads = [1, 2, 3, 8];

    public static TheoryData<int, int> Settings
    {
        get
        {
            TheoryData<int, int> settings = [];
            foreach (SimdWidth width in Enum.GetValues<SimdWidth>())
            {
                foreach (int threads in Threads)
                {
                    settings.Add((int)width, threads);
                }
            }

            return settings;
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Take_EveryWidthAndThreadCount_GivesTheCommittedHash(int width, int threads)
    {
        string expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fingerprint", "expected-hash.txt")).Trim();
        LibraryFingerprint fingerprint = LibraryFingerprint.Take(new Setting((SimdWidth)width, threads));

        fingerprint.Hash.Should().Be(
            expected,
            "every result must keep its bits; where a change of the arithmetic or of the fingerprint's work is meant, write the new hash "
            + "(docs/same-bits.md has the command), run tests/fingerprints.sh and say so in the commit's message. The models' hashes:\n"
            + string.Join('\n', fingerprint.Details.Select(model => $"{model.Hash} {model.Name}")));
    }
}
