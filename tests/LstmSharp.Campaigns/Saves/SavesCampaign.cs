using System.Globalization;

namespace LstmSharp.Campaigns.Saves;

/// <summary>Kills processes that save.</summary>
internal sealed class SavesCampaign : Campaign
{
    public override string Name => "saves";

    public override string Summary => "1,000 kills during a save: the old or the new file, whole";

    protected override string Help => """
        Kills a process that saves a model again and again, at random moments, and looks whether the file is the old or the new one, whole.

        saves [options]
          --kills N      how often; default 1000, which takes a few minutes
          --seed N       decides the moments; default 1
          --folder PATH  an existing folder on the disk to try; default: a temporary one
          --in-place     writes straight into the file, as Save does not: shows that this program finds broken files
          --help         this text
        The last line counts what was found; littered means temporary files that a finished save had to delete. Exit code 0: no file was broken
        and no temporary file stayed; else 1.
        """;

    public override int Run(string[] args)
    {
        if (args is ["--save", var path, var version, var mode])
        {
            Saver.SaveForever(path, int.Parse(version, CultureInfo.InvariantCulture), inPlace: mode == "in-place");
        }

        var options = new Dictionary<string, string> { ["--kills"] = "1000", ["--seed"] = "1", ["--folder"] = string.Empty };
        bool inPlace = false;
        for (int n = 0; n < args.Length; n++)
        {
            if (args[n] == "--in-place")
            {
                inPlace = true;
            }
            else if (options.ContainsKey(args[n]) && n + 1 < args.Length)
            {
                options[args[n]] = args[++n];
            }
            else
            {
                return Explain(wasAsked: args[n] == "--help");
            }
        }

        if (!int.TryParse(options["--kills"], NumberStyles.None, CultureInfo.InvariantCulture, out int kills)
            || !int.TryParse(options["--seed"], NumberStyles.None, CultureInfo.InvariantCulture, out int seed))
        {
            return Explain(wasAsked: false);
        }

        using var saves = new SaveKills(options["--folder"], seed, inPlace);
        return saves.Run(kills) ? 0 : 1;
    }
}
