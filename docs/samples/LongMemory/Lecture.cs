using System.Globalization;
using LstmSharp.Plotting;
using Spectre.Console;

namespace LstmSharp.Samples.LongMemory;

/// <summary>Tells the lecture's argument on the console, and draws it.</summary>
public sealed class Lecture(Options options)
{
    private const float Gain = 2;
    private const int GrowthSteps = 100;

    private static readonly Activation[] GrowthActivations = [Activation.Identity, Activation.Relu, Activation.Tanh];

    private int Updates => options.Quick ? 300 : 800;

    /// <summary>(a) Who still knows the first symbol after T steps?</summary>
    public void ShowMemory()
    {
        var accuracies = new AccuracyTable
        {
            Lengths = options.Quick ? [5, 10, 20] : [5, 10, 20, 50, 100, 200],
            SeedCount = options.Quick ? 2 : 5,
            Updates = Updates,
        };
        Heading("(a) Name the first of T symbols");
        Say($"The first symbol is one of {FirstSymbolBatch.ClassCount}; all others distract. "
            + $"{Network.HiddenSize} hidden units each, {Updates} updates of Adam on 32 new sequences, tested on 1000 others. "
            + $"Mean accuracy of {accuracies.SeedCount} seeds (worst to best); chance is 25 %.");
        AnsiConsole.Progress().Start(context =>
        {
            ProgressTask task = context.AddTask("training", maxValue: accuracies.Count);
            accuracies.Run(() => task.Increment(1));
        });

        var table = new Table().AddColumn(new TableColumn("T").RightAligned());
        foreach (Network network in Network.All)
        {
            string header = $"{network.Name}\n{network.Build(seed: 1).Parameters.TotalCount} parameters";
            table.AddColumn(new TableColumn(header).RightAligned());
        }

        foreach (int length in accuracies.Lengths)
        {
            table.AddRow([$"{length}", .. Network.All.Select(network => Accuracy(accuracies.Of(length, network)))]);
        }

        AnsiConsole.Write(table);
        IEnumerable<string> reaches = Network.All.Select(network => $"{network.Name}: {accuracies.LongestLearnt(network)}");
        Say($"Longest T with a mean of 95 % or more: {string.Join("; ", reaches)}. A forget gate with bias 1 starts near 0.73 and "
            + "keeps only 0.73^100 = 2e-14 of its cell over 100 steps: such an LSTM forgets, too. The last one starts with forget "
            + "biases spread from 1 to 8, set by hand through cell.ForgetGate.EditBias, so that some of its units remember for "
            + "thousands of steps.");
        if (options.Quick)
        {
            Say("--quick stops at T = 20, where all three still manage; the full run goes on to 200, where they part.");
        }
    }

    /// <summary>(b) What is left of the gradient n steps back?</summary>
    public void ShowGradients()
    {
        Heading("(b) The gradient of the last step's loss, n steps back (n = 1 is 1)");
        GradientStudy study = GradientStudy.Run(options.Quick ? 20 : 100, Updates);
        WriteGradients("before training", study.Fresh);
        WriteGradients($"after training on T = {study.TrainedLength}", study.Trained);
        Say("Through the vanilla RNN an error must pass Wh and tanh' at every step: before training it shrinks exponentially, "
            + "and training hardly finds out what was far back (docs/math/rnn.md, section 7). Through the memory cell it is only "
            + "multiplied by f: where f is near 1 it goes round unchanged, the constant error carousel. The paths through Wh add "
            + "to it and may even enlarge it, which is why the norm is clipped (docs/math/lstm.md, section 7).");
        Save("gradient-fresh.png", Figures.Gradients("Gradient of the last loss, before training", study.Fresh));
        Save(
            "gradient-trained.png",
            Figures.Gradients($"Gradient of the last loss, trained on T = {study.TrainedLength}", study.Trained));
    }

    /// <summary>(c) Why tanh?</summary>
    public void ShowGrowth()
    {
        Heading("(c) The same layer applied again and again");
        (Activation Activation, LayerTrace Trace)[] growth =
            [.. GrowthActivations.Select(activation => (activation, StateGrowth.Run(activation, Gain, GrowthSteps)))];
        int[] steps = [1, 10, 20, 50, 100];         // counted from 1, as the lecture does
        var table = new Table().AddColumn("largest |h_t|");
        table.AddColumns([.. steps.Select(t => new TableColumn($"t = {t}").RightAligned())]);
        foreach ((Activation activation, LayerTrace trace) in growth)
        {
            float[] largest = trace.LargestHidden();
            table.AddRow([$"{activation}", .. steps.Select(t => Number(largest[t - 1]))]);
        }

        AnsiConsole.Write(table);
        Say($"With recurrent weights above 1 (an orthogonal matrix times {Number(Gain)}), Identity and Relu blow up; tanh stays "
            + "within -1 and 1 whatever the weights are. That is why the RNN and the LSTM squash what they pass on.");
        Save("state-growth.png", Figures.Growth(growth, Gain));
    }

    private void Save(string name, ScottPlot.Plot picture)
    {
        string path = Path.Combine(options.Output, name);
        picture.SavePicture(path);
        Console.WriteLine($"Wrote {path}");
    }

    private static void WriteGradients(string title, IReadOnlyList<GradientByLag> gradients)
    {
        int[] lags = [1, 10, 20, 50, 100];
        var table = new Table().Title(title).AddColumn("network").AddColumn("of");
        table.AddColumns([.. lags.Select(lag => new TableColumn($"n = {lag}").RightAligned())]);
        for (int n = 0; n < gradients.Count; n++)
        {
            AddRow(Network.All[n].Name, "h", gradients[n].Hidden);
            if (gradients[n].Cell.Count > 0)
            {
                AddRow(string.Empty, "c", gradients[n].Cell);
            }
        }

        AnsiConsole.Write(table);

        void AddRow(string name, string state, IReadOnlyList<double> shares) =>
            table.AddRow([name, state, .. lags.Select(lag => Number(shares[lag - 1]))]);
    }

    private static string Accuracy(double[] ofSeeds) => string.Create(
        CultureInfo.InvariantCulture, $"{100 * ofSeeds.Average():0.0} % ({100 * ofSeeds.Min():0} to {100 * ofSeeds.Max():0})");

    private static string Number(double value) =>
        value.ToString(value is >= 0.01 and < 1000 ? "0.###" : "0.0e+0", CultureInfo.InvariantCulture);

    private static void Heading(string text) => AnsiConsole.Write(new Rule(Markup.Escape(text)).LeftJustified());

    private static void Say(string text) => AnsiConsole.WriteLine(text);
}
