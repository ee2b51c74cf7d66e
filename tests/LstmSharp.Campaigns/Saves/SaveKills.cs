using System.Diagnostics;
using System.Globalization;

namespace LstmSharp.Campaigns.Saves;

/// <summary>Starts savers, kills them and looks at what they leave.</summary>
internal sealed class SaveKills : IDisposable
{
    private const int TrialSaves = 20;
    private const int MostLinesBefore = 16;
    private const double LongestWaitInSaves = 2;
    private readonly DirectoryInfo _folder;
    private readonly Random _random;
    private readonly bool _inPlace;
    private readonly string _path;
    private int _old;
    private int _new;
    private int _broken;
    private int _littered;
    private int _temporary;
    private int _left;
    private int _version = 1;

    public SaveKills(string folder, int seed, bool inPlace)
    {
        _folder = folder.Length == 0
            ? Directory.CreateTempSubdirectory("save-kills-")
            : Directory.CreateDirectory(Path.Combine(folder, $"save-kills-{Guid.NewGuid():N}"));
        _random = new Random(seed);
        _inPlace = inPlace;
        _path = Path.Combine(_folder.FullName, "model.safetensors");
    }

    /// <summary>Kills so many savers.</summary>
    /// <returns>Whether every file was whole and no temporary file stayed.</returns>
    public bool Run(int kills)
    {
        var watch = Stopwatch.StartNew();
        TimeSpan save = TimeOfSave();
        for (int n = 1; n <= kills; n++)
        {
            KillOne(_random.Next(1, MostLinesBefore), save * (LongestWaitInSaves * _random.NextDouble()));
            if (n % 100 == 0 && n < kills)
            {
                Console.WriteLine(Summary(n, watch.Elapsed));
            }
        }

        Saver.Save(Saver.Model(_version), _path, _inPlace);
        int litter = TemporaryFiles().Length;
        Console.WriteLine($"{Summary(kills, watch.Elapsed)}, temporary files after one more save {litter}");
        return _broken == 0 && _littered == 0 && litter == 0;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Summary(int kills, TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{kills} kills in {time.TotalSeconds:F0} s: old {_old}, new {_new}, broken {_broken}, littered {_littered}, "
        + $"killed while a temporary file stood {_temporary}");

    /// <summary>Makes the first file and measures how long a save takes.</summary>
    private TimeSpan TimeOfSave()
    {
        SequenceModel model = Saver.Model(_version);
        Saver.Save(model, _path, _inPlace);
        long start = Stopwatch.GetTimestamp();
        for (int n = 0; n < TrialSaves; n++)
        {
            Saver.Save(model, _path, _inPlace);
        }

        return Stopwatch.GetElapsedTime(start) / TrialSaves;
    }

    /// <summary>Lets a saver save several times, the first of which are slower, and kills it in the middle of what it then does.</summary>
    private void KillOne(int lines, TimeSpan wait)
    {
        int begun = _version, finished = _version;
        using (Process saver = Start(_version + 1))
        {
            for (int n = 0; n < lines && saver.StandardOutput.ReadLine() is { } line; n++)
            {
                Note(line, ref begun, ref finished);
            }

            Thread.Sleep(wait);
            if (saver.HasExited)
            {
                throw new InvalidOperationException($"The saver ended by itself, with exit code {saver.ExitCode}.");
            }

            saver.Kill();
            saver.WaitForExit();
            while (saver.StandardOutput.ReadLine() is { } line)
            {
                Note(line, ref begun, ref finished);
            }
        }

        Judge(begun, finished);
    }

    /// <summary>The last save that finished must be there, or the one that had begun after it, and at most the temporary file that the
    /// kill left; those of the kills before it, too, where the saver did not live to finish a save.</summary>
    private void Judge(int begun, int finished)
    {
        int? found = Saver.VersionOf(_path, out string fault);
        FileInfo[] temporary = TemporaryFiles();
        _temporary += temporary.Length > 0 ? 1 : 0;
        bool isLittered = temporary.Length > 1 + (finished > _version ? 0 : _left);
        bool isBroken = found is null || found < finished || found > begun;
        _left = temporary.Length;
        Age(temporary);
        if (isBroken || isLittered)
        {
            Console.WriteLine(
                $"Saving {begun} had begun, {finished} had finished; version {found} was found, {_left} temporary files. {fault}");
        }

        _littered += isLittered ? 1 : 0;
        if (isBroken)
        {
            _broken++;
            Saver.Save(Saver.Model(begun), _path, _inPlace);
        }
        else if (found == begun)
        {
            _new++;
        }
        else
        {
            _old++;
        }

        _version = found ?? begun;
    }

    private FileInfo[] TemporaryFiles() => [.. _folder.GetFiles().Where(file => file.FullName != _path)];

    /// <summary>Lets the time pass after which a save takes temporary files for left over.</summary>
    private static void Age(FileInfo[] files)
    {
        foreach (FileInfo file in files)
        {
            file.LastWriteTimeUtc -= TimeSpan.FromMinutes(2);
        }
    }

    private Process Start(int version)
    {
        string mode = _inPlace ? "in-place" : "atomic";
        ProcessStartInfo start = OwnProcess.With(
            "saves", "--save", _path, version.ToString(CultureInfo.InvariantCulture), mode);
        start.RedirectStandardOutput = true;
        return Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
    }

    private static void Note(string line, ref int begun, ref int finished)
    {
        string[] words = line.Split(' ');
        int version = int.Parse(words[1], CultureInfo.InvariantCulture);
        begun = words[0] == Saver.Begun ? version : begun;
        finished = words[0] == Saver.Finished ? version : finished;
    }
}
