using System.Text;

namespace LstmSharp.Fingerprint;

/// <summary>One hash over all numbers of all cases.</summary>
/// <param name="Hash">The SHA-256 over the cases' hashes.</param>
/// <param name="Details">Every case's name and hash.</param>
internal sealed record LibraryFingerprint(string Hash, IReadOnlyList<(string Name, string Hash)> Details)
{
    public static LibraryFingerprint Take(Setting setting)
    {
        List<(string Name, string Hash)> details = [];
        var all = new Sha256();
        foreach (Case work in Cases.All)
        {
            var digest = new Digest();
            work.Run(setting, digest);
            string hash = digest.Finish();
            details.Add((work.Name, hash));
            all.Append(Encoding.ASCII.GetBytes(hash));
        }

        return new LibraryFingerprint(all.Finish(), details);
    }
}
