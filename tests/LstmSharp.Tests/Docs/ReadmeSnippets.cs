// <first-example>
using System.Numerics.Tensors;
using LstmSharp;
// </first-example>

namespace Documentation;

/// <summary>The README's examples, outside the library's namespace as a user's code is.</summary>
public sealed class ReadmeSnippets
{
    [Fact]
    public void FirstExample_OnTheSine_ForecastsItAndLoadsTheSame()
    {
        // <first-example>
        Tensor<float> series = Tensor.Create(Enumerable.Range(0, 500).Select(t => MathF.Sin(t * 0.2f)).ToArray(), [500, 1]);
        var windows = new SlidingWindows(length: 30, horizon: 5, targetColumns: [0]);   // 30 steps in, the next 5 out

        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(32).TakeLast().Dense(5).Build(seed: 42);
        model.Fit(windows.Cut(series, ..400), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(learningRate: 1e-2f),
            Epochs = 10,
            ClipGradientNorm = 1f,
        });
        Tensor<float> forecast = model.Predict(windows.Cut(series, 400..).Inputs);      // [1, windows, 5], thread-safe
        Console.WriteLine($"forecast {forecast[0, 0, 0]:0.000}, truth {series[400, 0]:0.000}");
        model.Save("wave.safetensors");
        // </first-example>

        SequenceDataset unseen = windows.Cut(series, 400..);
        forecast.Lengths.ToArray().Should().Equal(1, unseen.Count, 5);
        Loss.MeanAbsoluteError.Evaluate([.. forecast], [.. unseen.Targets]).Should().BeLessThan(0.05f);
        windows.FirstTargetRows(500, 400..)[0].Should().Be(400);
        SequenceModel.Load("wave.safetensors").Predict(unseen.Inputs).Should().Equal(forecast);
        File.Delete("wave.safetensors");
    }

    [Fact]
    public void CustomLoop_OverEpochs_GivesTheWeightsThatFitGives()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(8).TakeLast().Dense(1).Build(seed: 1);
        SequenceModel fitted = SequenceModel.Create(2).Lstm(8).TakeLast().Dense(1).Build(seed: 1);
        Tensor<float> inputs = Tensor.Create(Enumerable.Range(0, 6 * 64 * 2).Select(n => MathF.Sin(n)).ToArray(), [6, 64, 2]);
        Tensor<float> targets = Tensor.Create(Enumerable.Range(0, 64).Select(n => MathF.Cos(n)).ToArray(), [64, 1]);
        var train = new SequenceDataset(inputs, targets);

        // <custom-loop>
        const int batchSize = 32;
        SequencePass pass = model.CreatePass();                       // holds the activations; use it again for every batch
        ParameterSet gradients = model.Parameters.CreateZeros();
        var optimizer = new AdamW(learningRate: 1e-3f);
        var random = new Random(1);
        long update = 0;
        int[] samples = [.. Enumerable.Range(0, train.Count)];
        float[] input = new float[train.SequenceLength * batchSize * train.InputSize];
        float[] target = new float[train.TargetLength * batchSize * train.TargetSize], outputGradient = new float[target.Length];
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            random.Shuffle(samples);
            for (int first = 0; first + batchSize <= samples.Length; first += batchSize)
            {
                Span<int> batch = samples.AsSpan(first, batchSize);
                train.CopyBatch(batch, input, target);
                pass.Forward(                                         // a step of training: dropout and the like take part
                    new ReadOnlyTensorSpan<float>(input, [train.SequenceLength, batchSize, train.InputSize]), new TrainingStep(seed: 1, update++, batch));
                float loss = Loss.MeanSquaredError.Evaluate(pass.OutputValues, target, outputGradient);
                gradients.Clear();                                    // Backward adds
                pass.Backward(new ReadOnlyTensorSpan<float>(outputGradient, pass.Output.Lengths), gradients);
                GradientClipping.ByGlobalNorm(gradients, 1f);
                optimizer.Step(model.Parameters, gradients);
                Console.WriteLine($"epoch {epoch}, batch {(first / batchSize) + 1}: loss {loss:0.000}");
            }
        }
        // </custom-loop>

        FitInTheSameOrder(fitted, train, epochs: 3);
        model.Predict(inputs).Should().Equal(fitted.Predict(inputs));
    }

    private static void FitInTheSameOrder(SequenceModel model, SequenceDataset train, int epochs)
    {
        var optimizer = new AdamW(learningRate: 1e-3f);
        var random = new Random(1);
        int[] samples = [.. Enumerable.Range(0, train.Count)];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(samples);
            float[] inputs = new float[train.Inputs.FlattenedLength], targets = new float[train.Targets.FlattenedLength];
            train.CopyBatch(samples, inputs, targets);
            var inOrder = new SequenceDataset(Tensor.Create(inputs, train.Inputs.Lengths), Tensor.Create(targets, train.Targets.Lengths));
            model.Fit(inOrder, new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = optimizer,
                Epochs = 1,
                Shuffle = false,
                BatchSize = 32,
                ClipGradientNorm = 1f,
            });
        }
    }
}
