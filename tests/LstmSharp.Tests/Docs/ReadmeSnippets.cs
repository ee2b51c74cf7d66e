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
        model.Save("wave.safetensors");
        // </first-example>

        SequenceDataset unseen = windows.Cut(series, 400..);
        forecast.Lengths.ToArray().Should().Equal(1, unseen.Count, 5);
        Loss.MeanAbsoluteError.Evaluate([.. forecast], [.. unseen.Targets]).Should().BeLessThan(0.05f);
        SequenceModel.Load("wave.safetensors").Predict(unseen.Inputs).Should().Equal(forecast);
        File.Delete("wave.safetensors");
    }

    [Fact]
    public void CustomLoop_OneRound_LowersTheLossAsFitDoes()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(8).TakeLast().Dense(1).Build(seed: 1);
        SequenceModel fitted = SequenceModel.Create(2).Lstm(8).TakeLast().Dense(1).Build(seed: 1);
        Tensor<float> input = Tensor.Create(Enumerable.Range(0, 6 * 4 * 2).Select(n => MathF.Sin(n)).ToArray(), [6, 4, 2]);
        float[] target = [0.5f, -0.5f, 1f, -1f];

        // <custom-loop>
        SequencePass pass = model.CreatePass();                       // holds the activations; use it again for every batch
        ParameterSet gradients = model.Parameters.CreateZeros();
        var optimizer = new AdamW(learningRate: 1e-3f);

        pass.Forward(input);                                          // [T, B, I]
        float[] outputGradient = new float[pass.OutputValues.Length];
        float loss = Loss.MeanSquaredError.Evaluate(pass.OutputValues, target, outputGradient);

        gradients.Clear();                                            // Backward adds
        pass.Backward(new ReadOnlyTensorSpan<float>(outputGradient, pass.Output.Lengths), gradients);
        GradientClipping.ByGlobalNorm(gradients, 1f);
        optimizer.Step(model.Parameters, gradients);
        // </custom-loop>

        TrainingResult result = fitted.Fit(new SequenceDataset(input, Tensor.Create(target, [4, 1])), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new AdamW(learningRate: 1e-3f),
            Epochs = 1,
            Shuffle = false,
            ClipGradientNorm = 1f,
        });
        loss.Should().Be(result.History[0].TrainingLoss);
        model.Predict(input).Should().Equal(fitted.Predict(input));
        Loss.MeanSquaredError.Evaluate([.. model.Predict(input)], target).Should().BeLessThan(loss);
    }
}
