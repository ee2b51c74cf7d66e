using System.Globalization;
using LstmSharp;
using LstmSharp.Plotting;
using LstmSharp.Samples.Gates;

if (args is not ([] or ["--output", { Length: > 0 }]))
{
    Console.Error.WriteLine("""
        Gates: trains a single LSTM unit to store a value and recall it later, and draws its gates at work.

        Usage: dotnet run -c Release --project docs/samples/Gates [-- --output FOLDER]

          --output FOLDER   where to write the pictures, those of docs/guide/lecture.md among them (default: artifacts/gates)
        """);
    return args is ["--help"] ? 0 : 2;
}

string folder = args is [_, string output] ? output : Path.Combine("artifacts", "gates");
Directory.CreateDirectory(folder);
if (PlotFont.Warning is string warning)
{
    Console.WriteLine(warning);
}

SequenceModel model = RecallNetwork.Build();
TrainingResult training = RecallNetwork.Train(model);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"A single LSTM unit: validation loss {training.History[^1].ValidationLoss:0.00000} after training."));
Save(LossPlot.Of(training), "loss.png");
Save(Pictures.Answer(model), "answer.png");
Save(Pictures.Gates(model), "gates.png");
Save(Pictures.ForgetGate(model), "forget-gate.png");
Save(Pictures.InputGate(model), "input-gate.png");
Save(Pictures.UpdateGate(model), "update-gate.png");
Save(Pictures.OutputGate(model), "output-gate.png");
Save(Pictures.GradientFlow(model), "gradient-flow.png");
return 0;

void Save(ScottPlot.Plot plot, string name)
{
    string path = Path.Combine(folder, name);
    plot.SavePicture(path);
    Console.WriteLine($"Wrote {path}");
}
