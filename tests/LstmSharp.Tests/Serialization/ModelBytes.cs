namespace LstmSharp.Tests.Serialization;

/// <summary>Model files in memory.</summary>
internal static class ModelBytes
{
    public static byte[] Saved(SequenceModel model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    public static SequenceModel Loaded(byte[] file)
    {
        using var stream = new MemoryStream(file);
        return SequenceModel.Load(stream);
    }

    public static SequenceModel Copy(SequenceModel model) => Loaded(Saved(model));

    /// <summary>What loading a faulty file says.</summary>
    public static string Fault(byte[] file) => new Action(() => Loaded(file)).Should().Throw<ModelFileException>().Which.Message;
}
