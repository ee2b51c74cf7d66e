using System.Numerics.Tensors;
using LstmSharp;

namespace Documentation;

/// <summary>The table of errors in Getting started quotes what is really thrown.</summary>
public sealed class GuideErrorTests
{
    private static readonly SlidingWindows Windows = new(length: 24, horizon: 6, targetColumns: [0]);

    [Theory]
    [InlineData("docs/getting-started.md", "## 12. When something goes wrong")]
    [InlineData("docs/ko/getting-started.md", "## 12. 문제가 생겼을 때")]
    public void Errors_OfTheGuidesTable_AreWhatTheirCausesThrow(string path, string heading) =>
        ErrorTable.ShouldQuote(path, heading, Causes());

    private static IEnumerable<Action> Causes()
    {
        SequenceModel model = Stack().TakeLast().Dense(6).Build();
        SequenceDataset train = Windows.Cut(Series(100), ..);
        yield return () => model.Predict(Tensor.CreateFromShape<float>([24, 2]));
        yield return () => Fit(Stack().Dense(6).Build(), train);
        yield return () => Fit(Stack().TakeLast().Dense(1).Build(), train);
        yield return () => Fit(model, train, Loss.CrossEntropy);
        yield return () => Fit(model, Windows.Cut(Series(29), ..));
        yield return () => FitTwo(new Adam(), train);
        yield return () => Windows.Cut(Series(100, hole: 5), ..);
        yield return () => Fit(Stack().TakeLast().Dense(6).Build(), train, rate: 1e38f);
        yield return () => model.Predict(train.Inputs, model.CreateState(batchSize: 1));
        yield return () => new LstmCell(2, 32).Step(new float[3], null, new LstmState(batchSize: 1, 32));
        yield return () => LoadCutShort(model);
    }

    private static SequenceModelBuilder Stack() => SequenceModel.Create(inputSize: 2).Lstm(32);

    private static Tensor<float> Series(int rows, int hole = -1)
    {
        Tensor<float> series = Tensor.Create(Enumerable.Range(0, rows * 2).Select(n => MathF.Sin(n)).ToArray(), [rows, 2]);
        if (hole >= 0)
        {
            series[hole, 1] = float.NaN;
        }

        return series;
    }

    private static void Fit(SequenceModel model, SequenceDataset training, Loss? loss = null, float rate = 1e-3f) =>
        model.Fit(training, new TrainingOptions { Loss = loss ?? Loss.MeanSquaredError, Optimizer = new Adam(rate) });

    private static void FitTwo(Optimizer optimizer, SequenceDataset training)
    {
        var options = new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = optimizer, Epochs = 1 };
        Stack().TakeLast().Dense(6).Build().Fit(training, options);
        Stack().TakeLast().Dense(6).Build().Fit(training, options);
    }

    private static void LoadCutShort(SequenceModel model)
    {
        using var file = new MemoryStream();
        model.Save(file);
        file.SetLength(file.Length - 100);
        file.Position = 0;
        SequenceModel.Load(file);
    }
}
