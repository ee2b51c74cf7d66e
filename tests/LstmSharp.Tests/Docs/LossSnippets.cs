using System.Numerics.Tensors;
using LstmSharp;

namespace Documentation;

/// <summary>The examples of docs/guide/losses.md.</summary>
public sealed class LossSnippets
{
    private readonly SequenceDataset train = Windows(..400);
    private readonly SequenceDataset test = Windows(400..);

    [Fact]
    public void Quantiles_OfAForecast_CoverTheTruth()
    {
        // <losses-quantiles>
        Loss<float> loss = Loss.Quantile(0.1f, 0.5f, 0.9f);
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).TakeLast().Dense(5 * 3).Build(seed: 1);   // 5 steps, 3 levels of each
        model.Fit(train, new TrainingOptions
        {
            Loss = loss,
            Optimizer = new Adam(learningRate: 1e-2f),
            Epochs = 10,
            ClipGradientNorm = 1f,
        });

        var coverage = new IntervalCoverage(outputsPerTarget: 3);     // from the first level to the last: 80 % are claimed
        var width = new IntervalWidth(outputsPerTarget: 3);
        model.Evaluate(test, loss, [coverage, width]);
        Console.WriteLine($"{coverage.Value:P0} of the truth lies within the intervals, {width.Value:0.000} wide on average");

        Tensor<float> forecast = model.Predict(test.Inputs);          // [1, samples, 15]
        float median = forecast[0, 0, (2 * 3) + 1];                   // of the first sample's third step: level 1 of 0, 1, 2
        // </losses-quantiles>

        coverage.Count.Should().Be(test.Count * 5);
        coverage.Value.Should().BeInRange(0.5, 1);
        median.Should().BeApproximately(test.Targets[0, 0, 2], 0.3f);
    }

    [Fact]
    public void Gaussian_OfAForecast_GivesMeanAndScale()
    {
        // <losses-gaussian>
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).TakeLast().Dense(5 * 2).Build(seed: 1);   // a mean and a scale of each
        model.Fit(train, new TrainingOptions
        {
            Loss = Loss.GaussianNegativeLogLikelihood(),
            Optimizer = new Adam(learningRate: 1e-2f),
            Epochs = 10,
            ClipGradientNorm = 1f,
        });

        Tensor<float> forecast = model.Predict(test.Inputs);
        float mean = forecast[0, 0, 0], scale = Loss.GaussianScale(forecast[0, 0, 1]);
        Console.WriteLine($"{mean:0.00} ± {1.96f * scale:0.00}, in 95 of 100 cases");
        // </losses-gaussian>

        mean.Should().BeApproximately(test.Targets[0, 0, 0], 0.3f);
        scale.Should().BeInRange(1e-3f, 0.5f);
    }

    [Fact]
    public void Ctc_Fit_MakesTheLossSmaller()
    {
        float[][] recordings = [.. Enumerable.Range(5, 3).Select(steps => Enumerable.Range(0, steps * 3).Select(n => MathF.Sin(n * n)).ToArray())];
        SequenceModel model = SequenceModel.Create(inputSize: 3).Lstm(16).Dense(4).Build(seed: 1);

        // <losses-ctc-fit>
        var spoken = SequenceDataset.WithLabels(SequenceList.Of<float>(recordings, size: 3), SequenceList.Of<int>([[2, 3, 3], [1, 2], []]));
        model.Fit(spoken, new TrainingOptions { Loss = new CtcLoss(blank: 0), Optimizer = new Adam(learningRate: 2e-2f), Epochs = 50 });
        float perSequence = model.Evaluate(spoken, new CtcLoss(blank: 0)).Loss;
        // </losses-ctc-fit>

        perSequence.Should().BeLessThan(4);
    }

    [Fact]
    public void Ctc_CustomLoop_MakesTheLossSmall()
    {
        const int rows = 2;
        SequenceModel model = SequenceModel.Create(inputSize: 3).Lstm(16).Dense(4).Build(seed: 1);
        Tensor<float> input = Tensor.Create(Enumerable.Range(0, 10 * rows * 3).Select(n => MathF.Sin(n * n)).ToArray(), [10, rows, 3]);
        int[] lengths = [10, 7];

        // <losses-ctc>
        var ctc = new CtcLoss(blank: 0);                              // the model has a class for each label and one for "nothing new"
        int[] labels = [2, 3, 3, 1, 2], labelLengths = [3, 2];        // the first row's are 2, 3, 3, the second's 1, 2
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        var optimizer = new Adam(learningRate: 2e-2f);
        float[] gradient = new float[10 * rows * model.OutputSize];
        double loss = 0;
        for (int step = 0; step < 100; step++)
        {
            pass.Forward(new SequenceInput(input, lengths));
            loss = ctc.Sum(pass.Output, labels, labelLengths, gradient, lengths, divisor: rows) / rows;
            gradients.Clear();
            pass.Backward(new ReadOnlyTensorSpan<float>(gradient, pass.Output.Lengths), gradients);
            optimizer.Step(model.Parameters, gradients);
        }
        // </losses-ctc>

        loss.Should().BeLessThan(0.5);
    }

    private static SequenceDataset Windows(Range part)
    {
        Tensor<float> series = Tensor.Create(Enumerable.Range(0, 600).Select(t => MathF.Sin(t * 0.2f)).ToArray(), [600, 1]);
        return new SlidingWindows(length: 30, horizon: 5, targetColumns: [0]).Cut(series, part);
    }
}
