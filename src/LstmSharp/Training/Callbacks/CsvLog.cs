using System.Globalization;
using System.Text;

namespace LstmSharp;

/// <summary>Writes a line of comma-separated values for every finished epoch.</summary>
/// <remarks>The columns are epoch, training_loss, validation_loss (empty without validation), learning_rate, mean_gradient_norm,
/// maximum_gradient_norm and seconds; numbers have a decimal point in every culture and read back to the same bits, seconds to the
/// millisecond. Every line is in the file before the next epoch begins. A run begins the file anew; a resumed run first writes the
/// epochs that its checkpoint knows of, so the file never holds an epoch twice.</remarks>
public sealed class CsvLog : TrainingCallback
{
    private const string Header =
        "epoch,training_loss,validation_loss,learning_rate,mean_gradient_norm,maximum_gradient_norm,seconds\n";

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
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
    public override void OnTrainingBegin(TrainingContext context)
    {
        var text = new StringBuilder(Header);
        foreach (EpochSummary epoch in context.History)
        {
            text.Append(Line(epoch));
        }

        File.WriteAllText(Path, text.ToString());
    }

    /// <summary>Adds the epoch's line.</summary>
    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
    public override void OnEpochEnd(TrainingContext context) => File.AppendAllText(Path, Line(context.History[^1]));

    /// <inheritdoc/>
    public override string ToString() => $"CsvLog({Path})";

    private static string Line(EpochSummary epoch) => string.Create(
        CultureInfo.InvariantCulture,
        $"{epoch.Epoch},{epoch.TrainingLoss},{epoch.ValidationLoss},{epoch.LearningRate},{epoch.MeanGradientNorm}," +
        $"{epoch.MaximumGradientNorm},{epoch.Duration.TotalSeconds:0.###}\n");
}
