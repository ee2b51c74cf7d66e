// <first-model>
using System.Numerics.Tensors;
using LstmSharp;
// </first-model>

namespace Documentation;

/// <summary>The examples of docs/guide/first-model.md.</summary>
public sealed class FirstModelSnippets
{
    [Fact]
    public void FirstModel_OnMadeUpHours_ForecastsThemAndLoadsTheSame()
    {
        // <first-model>
        const int rows = 1000;                                           // data: a row an hour, in column 0 what is to be forecast
        Tensor<float> series = Tensor.CreateFromShape<float>([rows, 2]);
        for (int t = 0; t < rows; t++)
        {
            series[t, 0] = 20 + (5 * MathF.Sin(t * MathF.Tau / 24));
            series[t, 1] = t % 24;
        }

        TimeSplit split = TimeSplit.ByFractions(rows, train: 0.7, validation: 0.15);
        StandardScaler scaler = StandardScaler.Fit(series, split.Train);
        Tensor<float> scaled = scaler.Transform(series);
        var windows = new SlidingWindows(length: 24, horizon: 6, targetColumns: [0]);

        SequenceModel model = SequenceModel.Create(inputSize: 2).Lstm(32).TakeLast().Dense(6).Build(seed: 1);
        TrainingResult result = model.Fit(windows.Cut(scaled, split.Train), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(learningRate: 3e-3f),
            Epochs = 10,
            Validation = windows.Cut(scaled, split.Validation),
            EarlyStopping = new EarlyStopping(patience: 3),
            ClipGradientNorm = 1f,
        }, new ConsoleProgress());

        EvaluationResult test = model.Evaluate(windows.Cut(scaled, split.Test), Loss.MeanSquaredError);
        Tensor<float> next = scaler.Inverse(model.Predict(windows.Latest(scaled)), windows.TargetColumns);
        Console.WriteLine($"{result}. On the test part: {test}. In one hour {next[0, 0, 0]:0.0}, in six {next[0, 0, 5]:0.0}");
        model.Save("first.safetensors");
        // </first-model>

        test.Loss.Should().BeLessThan(0.05f);
        for (int ahead = 0; ahead < 6; ahead++)
        {
            next[0, 0, ahead].Should().BeApproximately(20 + (5 * MathF.Sin((rows + ahead) * MathF.Tau / 24)), 1.5f);
        }

        SequenceModel.Load("first.safetensors").Predict(windows.Latest(scaled)).Should().Equal(model.Predict(windows.Latest(scaled)));
        File.Delete("first.safetensors");
    }
}
