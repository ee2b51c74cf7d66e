namespace LstmSharp;

/// <summary>Writes the checkpoints that callbacks ask for. One that cannot be written is kept as it was to be, and tried again.</summary>
/// <remarks>Those to go on from come last: they say of the others what is on the disk.</remarks>
internal sealed class CheckpointQueue(TrainingContext context, RunCheckpoint checkpoint, IReadOnlyList<TrainingCallback> callbacks)
{
    /// <summary>How many files' checkpoints are kept at most; each is a copy of weights and moments.</summary>
    private const int MostKept = 4;

    private readonly List<(string Path, CheckpointContent Content)> _kept = [];

    /// <summary>Writes what was asked for, and before it what could not be written so far.</summary>
    public void Write()
    {
        List<string> requested = context.RequestedCheckpoints;
        _kept.RemoveAll(kept => requested.Contains(kept.Path));
        WriteKept();
        foreach (string path in requested.OrderBy(path => callbacks.Any(callback => callback.ResumePath == path)))
        {
            CheckpointContent content = checkpoint.Take();
            if (!TryWrite(path, content))
            {
                _kept.Add((path, content.Copy()));
            }
        }

        requested.Clear();
        _kept.RemoveRange(0, Math.Max(_kept.Count - MostKept, 0));
    }

    /// <summary>Writes what could not be written so far.</summary>
    public void WriteKept() => _kept.RemoveAll(kept => TryWrite(kept.Path, kept.Content));

    private bool TryWrite(string path, CheckpointContent content)
    {
        string source = $"checkpoint {path}";
        bool isWritten;
        try
        {
            content.Write(path);
            context.MakeUpFor(source);
            isWritten = true;
        }
        catch (Exception exception) when (TrainingFault.LetsTrainingGoOn(exception))
        {
            context.AddFault(source, exception);
            isWritten = false;
        }

        foreach (TrainingCallback callback in callbacks)
        {
            callback.OnCheckpointTried(path, isWritten);
        }

        return isWritten;
    }
}
