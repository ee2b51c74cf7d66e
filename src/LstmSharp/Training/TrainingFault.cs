namespace LstmSharp;

/// <summary>A file that could not be written, or another fault of input or output beside the training, after which it went on.</summary>
/// <remarks>Faults stand in <see cref="TrainingResult.Faults"/>, and while training runs in <see cref="TrainingProgress.Faults"/> and
/// <see cref="TrainingContext.Faults"/>. A value never changes: the list gets another one where the same fails again.</remarks>
public sealed class TrainingFault
{
    internal TrainingFault(string source, int epoch, int batch, Exception exception, int times = 1, bool isMadeUpFor = false)
    {
        (Source, Epoch, Batch) = (source, epoch, batch);
        (Exception, Times, IsMadeUpFor) = (exception, times, isMadeUpFor);
    }

    /// <summary>What failed: the callback's <see cref="object.ToString"/>, such as <c>CsvLog(run.csv)</c>, or
    /// <c>checkpoint best.checkpoint</c>.</summary>
    public string Source { get; }

    /// <summary>The epoch in which it failed first.</summary>
    public int Epoch { get; }

    /// <summary>How many batches of that epoch were done.</summary>
    public int Batch { get; }

    /// <summary>How often it failed since then.</summary>
    public int Times { get; }

    /// <summary>The last failure's exception.</summary>
    public Exception Exception { get; }

    /// <summary>Whether all that was missing in the file has been written since: by a <see cref="CsvLog"/>, or as a checkpoint. Never of
    /// a callback of your own.</summary>
    public bool IsMadeUpFor { get; }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Source}: {Exception.Message} (epoch {Epoch}, batch {Batch}") +
        (Times > 1 ? FormattableString.Invariant($", {Times} times") : string.Empty) +
        (IsMadeUpFor ? ", written later)" : ")");

    /// <summary>Whether training goes on after an exception: a fault of files, devices or rights, not of the program.</summary>
    internal static bool LetsTrainingGoOn(Exception exception) => exception is IOException or UnauthorizedAccessException;

    internal TrainingFault Again(Exception exception) => new(Source, Epoch, Batch, exception, Times + 1);

    internal TrainingFault MadeUpFor() => new(Source, Epoch, Batch, Exception, Times, isMadeUpFor: true);
}
