using System.Globalization;
using System.Text;

namespace LstmSharp;

/// <summary>Writes a line of comma-separated values for every finished epoch.</summary>
/// <remarks>The columns are epoch, training_loss, validation_loss (empty without validation), learning_rate, mean_gradient_norm,
/// maximum_gradient_norm and seconds; numbers have a decimal point in every culture and read back to the same bits, seconds to the
/// millisecond. Every line is in the file before the next epoch begins. A run begins the file anew; a resumed run first writes the
/// epochs that its checkpoint knows of, so the file never holds an epoch twice. A file that cannot be written, such as one that another
/// program holds, costs no training: it is tried again after every epoch and at the end, with all lines that are missing, and
/// <see cref="TrainingResult.Faults"/> says it.</remarks>
public sealed class CsvLog : TrainingCallback
{
    private const string Header =
        "epoch,training_loss,validation_loss,learning_rate,mean_gradient_norm,maximum_gradient_norm,seconds\n";

    private bool _isBehind;

    /// <summary>Makes the log.</summary>
    /// <param name="path">The file, such as <c>run.csv</c>; it is replaced where it exists. Its folder must exist.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public CsvLog(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = path;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Begins the file.</summary>
    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
    public override void OnTrainingBegin(TrainingContext context)
    {
        Require.FolderOf(Path);
        _isBehind = true;
        try
        {
            Write(context);
        }
        catch (IOException exception)
        {
            context.AddFault(this, exception);
        }
    }

    /// <summary>Adds the epoch's line.</summary>
    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written now.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written now.</exception>
    public override void OnEpochEnd(TrainingContext context) => Write(context);

    /// <summary>Writes what could not be written so far.</summary>
    /// <inheritdoc/>
    /// <exception cref="IOException">The file still cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file still must not be written.</exception>
    public override void OnTrainingEnd(TrainingContext context)
    {
        if (_isBehind)
        {
            Write(context);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"CsvLog({Path})";

    /// <summary>Adds the last epoch's line, or where the file may miss others or hold a part of one, writes all of it anew.</summary>
    private void Write(TrainingContext context)
    {
        bool wasBehind = _isBehind;
        _isBehind = true;
        if (wasBehind)
        {
            File.WriteAllText(Path, new StringBuilder(Header).AppendJoin(string.Empty, context.History.Select(Line)).ToString());
        }
        else
        {
            File.AppendAllText(Path, Line(context.History[^1]));
        }

        _isBehind = false;
        context.MakeUpFor(this);
    }

    private static string Line(EpochSummary epoch) => string.Create(
        CultureInfo.InvariantCulture,
        $"{epoch.Epoch},{epoch.TrainingLoss},{epoch.ValidationLoss},{epoch.LearningRate},{epoch.MeanGradientNorm}," +
        $"{epoch.MaximumGradientNorm},{epoch.Duration.TotalSeconds:0.###}\n");
}
