namespace LstmSharp;

/// <summary>Reads what <see cref="PeriodicCheckpoint"/>, <see cref="BestCheckpoint"/> and <see cref="TrainingContext.SaveCheckpoint"/>
/// wrote.</summary>
/// <remarks>A checkpoint is a safetensors file. It holds the tensors <c>model.0.InputWeights</c> and so on, the optimizer's moments
/// (<c>optimizer.means.0.InputWeights</c>), with validation the best weights (<c>best.0.InputWeights</c>), with averaging their average
/// (<c>average.0.InputWeights</c>), and <c>history</c>, a row
/// for each finished epoch; the rest is JSON in its metadata, where a CRC-32C of texts and tensors stands, too. To go on from it,
/// use <see cref="TrainingOptions.ResumeFrom"/>.</remarks>
public static class Checkpoint
{
    /// <summary>Makes a model with the weights of a checkpoint: those at its moment, which in one of <see cref="BestCheckpoint"/> are the
    /// best; where the run had a <see cref="TrainingOptions.WeightAveraging"/>, their average. Everything in the file that it needs is
    /// checked before anything is allocated for its weights.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="ModelFileException">The file is damaged, is no checkpoint, or is of a later format; the message names the file
    /// and the fault.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    public static SequenceModel LoadModel(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = CheckpointFile.Open(path);
        ModelArchitecture architecture = ModelArchitecture.Parse(file.ArchitectureJson);
        (string Parameter, long[] Shape)[] parameters = [.. architecture.Parameters(file.Source)];
        string prefix = parameters.Any(parameter => file.Holds(RunCheckpoint.AveragePrefix + parameter.Parameter))
            ? RunCheckpoint.AveragePrefix
            : RunCheckpoint.ModelPrefix;
        foreach ((string parameter, long[] shape) in parameters)
        {
            file.Find(prefix + parameter, shape);
        }

        SequenceModel model = architecture.BuildUninitialized();
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.CopyFrom(file.Read(prefix + parameter.Name, parameter));
        }

        return model;
    }
}
