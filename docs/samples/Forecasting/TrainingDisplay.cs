using System.Globalization;
using Spectre.Console;

namespace LstmSharp.Samples.Forecasting;

/// <summary>Shows training as it runs: a bar on a terminal, otherwise (a pipe, a log of a build) a line for every epoch.</summary>
internal static class TrainingDisplay
{
    public static TrainingResult Show(Func<IProgress<TrainingProgress>, TrainingResult> train) =>
        AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
            ? ShowBar(train)
            : train(new ConsoleProgress(Console.Out));

    private static TrainingResult ShowBar(Func<IProgress<TrainingProgress>, TrainingResult> train) =>
        AnsiConsole.Progress()
            .Columns(new ProgressBarColumn { Width = 24 }, new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                ProgressTask bar = context.AddTask("Training");
                TrainingResult result = train(new Reporter(progress =>
                {
                    bar.MaxValue = (double)progress.Epochs * progress.Batches;
                    bar.Value = ((progress.Epoch - 1.0) * progress.Batches) + progress.Batch;
                    bar.Description = Markup.Escape(Describe(progress));
                }));
                bar.StopTask();
                return result;
            });

    private static string Describe(TrainingProgress progress)
    {
        string validation = progress.ValidationLoss is { } loss ? loss.ToString("F4", CultureInfo.InvariantCulture) : "–";
        string left = progress.EstimatedRemaining?.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture) ?? "?";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {progress.Epoch}/{progress.Epochs}  loss {progress.TrainingLoss:F4}  validation {validation}  at most {left} s left");
    }

    /// <summary>Reports at once and in order; <see cref="Progress{T}"/> would hand reports to other threads.</summary>
    private sealed class Reporter(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
