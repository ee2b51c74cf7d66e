namespace LstmSharp;

/// <summary>Saves the whole run after every epoch with the lowest loss so far: the validation loss, without validation the training
/// loss, or by the option the <see cref="TrainingOptions.Monitor"/>.</summary>
/// <remarks>Unlike <see cref="EarlyStopping"/>, which brings the best weights back at the end, this leaves them on the disk should the
/// process be killed. <see cref="Checkpoint.LoadModel"/> makes a model of them.</remarks>
public sealed class BestCheckpoint : TrainingCallback
{
    private float _lowestScore = float.PositiveInfinity;

    /// <summary>Makes the rule.</summary>
    /// <param name="path">The file, such as <c>best.checkpoint</c>; it is replaced where it exists. Its folder must exist.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public BestCheckpoint(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = path;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Makes sure that the folder is there before hours of work depend on it.</summary>
    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public override void OnTrainingBegin(TrainingContext context) => CheckpointFile.ThrowIfFolderIsMissing(Path);

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        float score = context.LastScore;
        if (score < _lowestScore)
        {
            _lowestScore = score;
            context.SaveCheckpoint(Path);
        }
    }

    /// <inheritdoc/>
    public override string SaveState() => StateText.Of(_lowestScore);

    /// <inheritdoc/>
    public override void RestoreState(string? state) =>
        _lowestScore = state is null ? float.PositiveInfinity : (float)StateText.Read(state, 1)[0];

    /// <inheritdoc/>
    public override string ToString() => $"BestCheckpoint({Path})";
}
