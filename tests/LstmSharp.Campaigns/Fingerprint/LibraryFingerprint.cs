using System.IO.Hashing;
using System.Text;

namespace LstmSharp.Campaigns.Fingerprint;

/// <summary>One hash over all numbers of all cases.</summary>
/// <param name="Hash">The XxHash128 over the cases' hashes.</param>
/// <param name="Details">Every case's name and hash.</param>
internal sealed record LibraryFingerprint(string Hash, IReadOnlyList<(string Name, string Hash)> Details)
{
    public static LibraryFingerprint Take(Setting setting)
    {
        List<(string Name, string Hash)> details = [];
        var all = new XxHash128();
        foreach (Case work in Cases.All)
        {
            var digest = new Digest();
            work.Run(setting, digest);
            string hash = digest.Finish();
            details.Add((work.Name, hash));
            all.Append(Encoding.ASCII.GetBytes(hash));
        }

        return new LibraryFingerprint(Convert.ToHexStringLower(all.GetCurrentHash()), details);
    }
}
