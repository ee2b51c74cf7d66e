namespace LstmSharp;

/// <summary>Saves the whole run after every epoch with the lowest loss so far: the validation loss, without validation the training
/// loss, or by the option the <see cref="TrainingOptions.Monitor"/>.</summary>
/// <remarks>Unlike <see cref="EarlyStopping"/>, which brings the best weights back at the end, this leaves them on the disk should the
/// process be killed. <see cref="Checkpoint.LoadModel"/> makes a model of them. Where the file cannot be written, they are kept in memory
/// and tried again (<see cref="TrainingContext.SaveCheckpoint"/>).</remarks>
public sealed class BestCheckpoint : TrainingCallback
{
    private float _lowestScore = float.PositiveInfinity;
    private float _lowestScoreOnDisk = float.PositiveInfinity;
    private bool _isOnDisk = true;

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
    public override void OnTrainingBegin(TrainingContext context) => Require.FolderOf(Path);

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        float score = context.LastScore;
        if (score < _lowestScore)
        {
            (_lowestScore, _isOnDisk) = (score, true);
            context.SaveCheckpoint(Path);
        }
    }

    /// <summary>The score of what the file holds: also in the checkpoint that is about to become the file.</summary>
    /// <inheritdoc/>
    public override string SaveState() => StateText.Of(_isOnDisk ? _lowestScore : _lowestScoreOnDisk);

    /// <inheritdoc/>
    public override void RestoreState(string? state)
    {
        _lowestScore = _lowestScoreOnDisk = state is null ? float.PositiveInfinity : (float)StateText.Read(state, 1)[0];
        _isOnDisk = true;
    }

    internal override void OnCheckpointTried(string path, bool isWritten)
    {
        if (path == Path)
        {
            _isOnDisk = isWritten;
            _lowestScoreOnDisk = isWritten ? _lowestScore : _lowestScoreOnDisk;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"BestCheckpoint({Path})";
}
