// <keras-model>
using System.Numerics.Tensors;
using LstmSharp;
// </keras-model>

namespace Documentation;

/// <summary>The examples of docs/guide/coming-from-keras.md.</summary>
[Collection(Repository.WorkingFolder)]
public sealed class KerasSnippets : IDisposable
{
    private static readonly Tensor<float> Series = Tensor.Create(
        Enumerable.Range(0, 300).SelectMany(t => new[] { MathF.Sin(t * 0.2f), MathF.Cos(t * 0.05f) }).ToArray(), [300, 2]);

    public void Dispose()
    {
        File.Delete("run.csv");
        File.Delete("best.checkpoint");
    }

    [Fact]
    public void Model_OfThePage_TrainsAndIsEvaluated()
    {
        Tensor<float> series = Series;

        // <keras-windows>
        TimeSplit split = TimeSplit.ByFractions(300, train: 0.7, validation: 0.15);
        var windows = new SlidingWindows(length: 24, horizon: 6, targetColumns: [0]);
        SequenceDataset train = windows.Cut(series, split.Train);               // inputs [24, Count, 2], targets [1, Count, 6]
        SequenceDataset validation = windows.Cut(series, split.Validation);
        SequenceDataset test = windows.Cut(series, split.Test);
        // </keras-windows>

        // <keras-model>
        SequenceModel model = SequenceModel.Create(inputSize: 2).Lstm(32).Lstm(32).TakeLast().Dense(6).Build(seed: 1);
        TrainingResult history = model.Fit(train, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(learningRate: 1e-3f, epsilon: 1e-7f),
            Epochs = 20,
            BatchSize = 32,
            ClipGradientNorm = 1f,
            Validation = validation,
            EarlyStopping = new EarlyStopping(patience: 5),                     // always brings the best weights back
            Schedule = new PlateauSchedule(factor: 0.5, patience: 2, threshold: 1e-4, thresholdMode: PlateauThreshold.Absolute),
            Callbacks = [new CsvLog("run.csv"), new BestCheckpoint("best.checkpoint")],
        }, new ConsoleProgress());
        EvaluationResult scores = model.Evaluate(test, Loss.MeanSquaredError, [new MeanAbsoluteError()]);
        // </keras-model>

        train.Inputs.Lengths.ToArray().Should().Equal(24, train.Count, 2);
        history.History[^1].TrainingLoss.Should().BeLessThan(history.History[0].TrainingLoss / 2);
        scores.Metrics[0].Value.Should().BePositive();
        File.ReadAllLines("run.csv").Should().HaveCount(history.History.Count + 1);
        Arrays_BatchFirst_BecomeTimeMajorAndBack(model);
    }

    [Fact]
    public void Stateful_BatchesOfStreams_GoOnWhereTheyWere()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(8).Dense(1).Build(seed: 1);
        float[] readings = [.. Enumerable.Range(0, 8).Select(n => n / 8f)], answers = new float[4];

        // <keras-stateful>
        SequenceStream stream = model.OpenStream(batchSize: 4);                 // LSTM(…, stateful=True), batch_shape (4, 1, 2)
        stream.Step(readings, answers);                                         // readings [4, 2], answers [4, 1]
        stream.Step(readings, answers);                                         // goes on from the states of the step before
        stream.Reset();                                                         // reset_state(): all four begin anew
        stream.Reset(row: 2);                                                   // or one of them
        // </keras-stateful>

        float[] second = [.. answers];
        stream.Step(readings, answers);
        answers.Should().NotEqual(second).And.Equal(model.Predict(Tensor.Create(readings, [1, 4, 2])));
    }

    [Fact]
    public void Weights_InKerasLayout_AreTransposedIn()
    {
        SequenceModel source = SequenceModel.Create(2).Lstm(5).Build(seed: 3), model = SequenceModel.Create(2).Lstm(5).Build(seed: 4);
        float[] kernel = Transposed(source.Parameters["0.InputWeights"]), recurrent = Transposed(source.Parameters["0.RecurrentWeights"]);
        float[] bias = source.Parameters["0.Bias"].Values.ToArray();

        // <keras-weights>
        // kernel [I, 4H], recurrent [H, 4H] and bias [4H]: the arrays of Keras's layer.get_weights(), row-major.
        Transpose(kernel, model.Parameters["0.InputWeights"]);
        Transpose(recurrent, model.Parameters["0.RecurrentWeights"]);
        model.Parameters["0.Bias"].CopyFrom(bias);

        static void Transpose(float[] source, Parameter target) => target.Edit(values =>
        {
            (int rows, int columns) = (target.Shape[0], target.Shape[1]);
            for (int n = 0; n < values.Length; n++)
            {
                values[n] = source[((n % columns) * rows) + (n / columns)];
            }
        });
        // </keras-weights>

        Tensor<float> input = Tensor.Create(Enumerable.Range(0, 24).Select(n => n / 24f).ToArray(), [4, 3, 2]);
        model.Predict(input).Should().Equal(source.Predict(input));
        model.Predict(input).Should().NotEqual(new float[4 * 3 * 5]);
    }

    private static void Arrays_BatchFirst_BecomeTimeMajorAndBack(SequenceModel model)
    {
        Tensor<float> x = Tensor.Create(Enumerable.Range(0, 5 * 24 * 2).Select(n => n / 240f).ToArray(), [5, 24, 2]);

        // <keras-time-major>
        Tensor<float> timeMajor = Tensor.PermuteDimensions(x, [1, 0, 2]);       // [B, T, I] becomes [T, B, I]
        Tensor<float> forecast = model.Predict(timeMajor);                      // [1, B, 6]: TakeLast leaves one step
        Tensor<float> likeKeras = Tensor.Reshape(forecast, [5, 6]);             // [B, 6]
        // </keras-time-major>

        timeMajor[3, 2, 1].Should().Be(x[2, 3, 1]);
        likeKeras[4, 5].Should().Be(forecast[0, 4, 5]);
    }

    private static float[] Transposed(Parameter parameter)
    {
        (int rows, int columns) = (parameter.Shape[0], parameter.Shape[1]);
        float[] values = new float[parameter.Count];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                values[(column * rows) + row] = parameter.Values[(row * columns) + column];
            }
        }

        return values;
    }
}
