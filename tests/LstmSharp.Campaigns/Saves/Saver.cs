using System.Globalization;
using System.Text;

namespace LstmSharp.Campaigns.Saves;

/// <summary>The process that is killed: saves one version of a model after the other and tells which it begins and which it has
/// finished.</summary>
internal static class Saver
{
    public const string Begun = "begun", Finished = "finished";

    /// <summary>A model all of whose weights are its version, 2 MB.</summary>
    public static SequenceModel Model(int version)
    {
        SequenceModel model = SequenceModel.Create(256).Lstm(256).Build();
        SetVersion(model, version);
        return model;
    }

    public static void SaveForever(string path, int version, bool inPlace)
    {
        SequenceModel model = Model(version);
        using Stream output = Console.OpenStandardOutput();
        for (; ; version++)
        {
            SetVersion(model, version);
            Tell(output, Begun, version);
            Save(model, path, inPlace);
            Tell(output, Finished, version);
        }
    }

    public static void Save(SequenceModel model, string path, bool inPlace)
    {
        if (!inPlace)
        {
            model.Save(path);
            return;
        }

        using FileStream stream = File.Create(path);
        model.Save(stream);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>The version of a file that is whole; null where it is not.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static int? VersionOf(string path, out string fault)
    {
        try
        {
            SequenceModel model = SequenceModel.Load(path);
            float version = model.Parameters[0].Values[0];
            bool isWhole = model.Parameters.All(parameter => !parameter.Values.ContainsAnyExcept(version));
            fault = isWhole ? string.Empty : $"{path}: the weights are of several versions.";
            return isWhole ? (int)version : null;
        }
        catch (Exception exception) when (exception is ModelFileException or IOException)
        {
            fault = exception.Message;
            return null;
        }
    }

    private static void SetVersion(SequenceModel model, int version)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.Edit(values => values.Fill(version));
        }
    }

    private static void Tell(Stream output, string what, int version) =>
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{what} {version}\n")));
}
