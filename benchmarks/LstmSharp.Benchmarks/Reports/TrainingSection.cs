using LstmSharp.Benchmarks.Loops;
using LstmSharp.Benchmarks.Processes;

namespace LstmSharp.Benchmarks.Reports;

/// <summary>Training steps and peak memory, each contender in a process of its own, by turns.</summary>
internal static class TrainingSection
{
    private const int Rounds = 7;

    public static string Write(Group group) => group == Group.LanguageModel
        ? Write("Language model, vocabulary 10,000, embedding 200, two LSTM of 200, T 20, B 20, clipped SGD", TrainingWork.LanguageModel)
        : Write("Training step, LSTM 256 => 256, lengths uniform in 1..100", TrainingWork.Ragged32, TrainingWork.Ragged128);

    private static string Write(string title, params ReadOnlySpan<TrainingWork> works)
    {
        var table = new MarkdownTable(
            "Work", "LstmSharp µs", "TorchSharp µs", "ratio", "LstmSharp MiB", "TorchSharp MiB", "ratio", "LstmSharp loss", "TorchSharp loss");
        foreach (TrainingWork work in works)
        {
            List<(TrainingProcess.Figures Ours, TrainingProcess.Figures Theirs)> rounds = [];
            for (int round = 0; round < Rounds; round++)
            {
                Console.Error.WriteLine($"{work}, round {round + 1} of {Rounds}");
                rounds.Add((TrainingProcess.Run(work, Contender.LstmSharp), TrainingProcess.Run(work, Contender.TorchSharp)));
            }

            string Median(Func<(TrainingProcess.Figures Ours, TrainingProcess.Figures Theirs), double> figure) =>
                MarkdownTable.Number(rounds.Select(figure).Order().ElementAt(Rounds / 2));
            table.Row(
                work.ToString(),
                Median(round => round.Ours.Microseconds),
                Median(round => round.Theirs.Microseconds),
                Median(round => round.Ours.Microseconds / round.Theirs.Microseconds),
                Median(round => round.Ours.Mebibytes),
                Median(round => round.Theirs.Mebibytes),
                Median(round => round.Ours.Mebibytes / round.Theirs.Mebibytes),
                Median(round => round.Ours.Loss),
                Median(round => round.Theirs.Loss));
        }

        return $"### {title}, 1 thread, processor time and peak memory of the process\n\n{table}\n";
    }
}
