using System.Numerics.Tensors;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training;

public sealed class FitNonFiniteTests
{
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Fit_InputNotFinite_NamesSampleAndKeepsTheWeightsBeforeItsBatch(float value)
    {
        SequenceDataset data = Means(10);
        data.Inputs[2, 7, 0] = value;
        SequenceModel model = LstmModel();
        float[] weights = [];

        NonFiniteTrainingException exception = Fails(model, data, new Adam(), () => weights = model.Weights());

        (exception.Epoch, exception.Batch, exception.Layer, exception.Tensor).Should().Be((1, 2, null, "input"));
        exception.Message.Should().StartWith($"Fit: epoch 1, batch 2: the input of sample 7 is {value} at step 2, feature 0. ");
        model.Weights().Should().Equal(weights).And.NotEqual(LstmModel().Weights());
    }

    [Fact]
    public void Fit_TargetInfinite_NamesSample()
    {
        SequenceDataset data = Means(10);
        data.Targets[0, 9, 0] = float.NegativeInfinity;

        NonFiniteTrainingException exception = Fails(LstmModel(), data, new Adam());

        (exception.Epoch, exception.Batch, exception.Layer, exception.Tensor).Should().Be((1, 3, null, "target"));
        exception.Message.Should().Contain("the target of sample 9 is -Infinity at step 0, feature 0.");
    }

    [Fact]
    public void Fit_LearningRateExplodes_NamesTheLossAndKeepsTheWeightsBeforeItsBatch()
    {
        SequenceModel model = LineModel();
        float[] weights = [];

        NonFiniteTrainingException exception = Fails(
            model, Line(10, slope: 2), new Sgd(1e30f), () => weights = model.Weights());

        (exception.Epoch, exception.Batch, exception.Layer, exception.Tensor).Should().Be((1, 2, null, "loss"));
        model.Weights().Should().Equal(weights);
        exception.Message.Should().MatchRegex(@"the loss is \S+E\+\d\d, more than float32 holds, although the model's output is finite");
        weights.Should().OnlyContain(w => float.IsFinite(w)).And.NotContain(0);
    }

    [Fact]
    public void Fit_UpdateOverflowsAWeight_NamesIt()
    {
        NonFiniteTrainingException exception = Fails(LineModel(), Line(4, slope: 1e5f), new Sgd(3e38f));

        (exception.Epoch, exception.Batch, exception.Layer, exception.Tensor).Should().Be((1, 1, 0, "0.Weights"));
        exception.Message.Should().Contain("layer 0, Dense(1 => 1").And.Contain("holds Infinity. An update made it overflow");
    }

    [Fact]
    public void Fit_RecurrentLayerBlowsUp_NamesItsOutput()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(1, Activation.Tanh).VanillaRnn(2, Activation.Relu).TakeLast().Dense(1).Build();
        model.Parameters["1.RecurrentWeights"].Edit(values => values.Fill(1e10f));
        model.Parameters["1.Bias"].Edit(values => values.Fill(1));
        float[] before = model.Weights();

        NonFiniteTrainingException exception = Fails(model, Means(4), new Adam());

        (exception.Epoch, exception.Batch, exception.Layer, exception.Tensor).Should().Be((1, 1, 1, "output of layer 1"));
        exception.Message.Should().Contain("layer 1, ");
        model.Weights().Should().Equal(before);
    }

    [Fact]
    public void Fit_GradientExplodesBackThroughTime_NamesTheFirstParameter()
    {
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(2, Activation.Identity).TakeLast().Dense(1).Build();
        model.Parameters["0.RecurrentWeights"].Edit(values => values.Fill(1e15f));
        float[] before = model.Weights();
        SequenceDataset data = new(Tensor.Create(new float[6], [6, 1, 1]), Tensor.Create<float>([1], [1, 1, 1]));

        NonFiniteTrainingException exception = Fails(model, data, new Adam());

        (exception.Epoch, exception.Batch, exception.Layer, exception.Tensor).Should().Be((1, 1, 0, "gradient of 0.InputWeights"));
        model.Weights().Should().Equal(before);
    }

    [Fact]
    public void Fit_UpperLayersGradientExplodes_NamesItAndNotTheLayerBelow()
    {
        SequenceModel model = SequenceModel.Create(1)
            .VanillaRnn(2, Activation.Identity).VanillaRnn(2, Activation.Identity).TakeLast().Dense(1).Build();
        model.Parameters["0.RecurrentWeights"].Edit(values => values.Clear());
        model.Parameters["1.RecurrentWeights"].Edit(values => values.Fill(1e15f));
        SequenceDataset data = new(Tensor.Create(new float[6], [6, 1, 1]), Tensor.Create<float>([1], [1, 1, 1]));

        NonFiniteTrainingException exception = Fails(model, data, new Adam());

        (exception.Layer, exception.Tensor).Should().Be((1, "gradient of 1.InputWeights"));
    }

    [Theory]
    [InlineData(1, 1.5e38f, 3, 1)] // noticed at the end of an epoch
    [InlineData(3, 1e38f, 2, 2)] // noticed in the batch after
    public void Fit_UpdateOverflowsAWeightAfterAValidation_BringsTheBestWeightsBack(int samples, float rate, int epoch, int batch)
    {
        SequenceModel model = LineModel();
        float[] best = [];
        Recorder afterFirstEpoch = new(report =>
        {
            if (report.Epoch == 1)
            {
                best = model.Weights();
            }
        });

        NonFiniteTrainingException exception = Overflows(model, samples, rate, Steps([0], [-1]), afterFirstEpoch);

        (exception.Epoch, exception.Batch, exception.Layer, exception.Tensor).Should().Be((epoch, batch, 0, "0.Bias"));
        exception.Message.Should().EndWith("The model has the weights of the best epoch.");
        model.Weights().Should().Equal(best).And.OnlyContain(weight => float.IsFinite(weight));
        model.Parameters["0.Bias"].Values[0].Should().Be(samples * rate);
    }

    [Fact]
    public void Fit_UpdateOverflowsAWeightWithoutValidation_KeepsItAndSaysSo()
    {
        SequenceModel model = LineModel();

        Overflows(model, 1, 1.5e38f, validation: null).Message.Should().EndWith("The model still has the overflowed weights.");

        model.Parameters["0.Bias"].Values[0].Should().Be(float.PositiveInfinity);
    }

    [Fact]
    public void Fit_ValidationNotFinite_SaysSo()
    {
        SequenceDataset validation = Means(9);
        validation.Inputs[0, 6, 0] = float.NaN;

        NonFiniteTrainingException exception = FluentActions.Invoking(() => LstmModel().Fit(Means(3), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(),
            BatchSize = 4,
            Validation = validation,
        })).Should().Throw<NonFiniteTrainingException>().Which;

        (exception.Epoch, exception.Batch, exception.Layer, exception.Tensor).Should().Be((1, 2, null, "input"));
        exception.Message.Should().StartWith("Fit: epoch 1, validation batch 2: the input of sample 6 is NaN at step 0");
    }

    /// <summary>Every batch of one sample adds the rate to the bias.</summary>
    private static NonFiniteTrainingException Overflows(
        SequenceModel model, int samples, float rate, SequenceDataset? validation, Recorder? recorder = null) =>
        FluentActions.Invoking(() => model.Fit(
            Steps(new float[samples], [.. Enumerable.Repeat(1f, samples)]),
            new TrainingOptions { Loss = new PullLoss(), Optimizer = new Sgd(rate), BatchSize = 1, Validation = validation },
            recorder)).Should().Throw<NonFiniteTrainingException>().Which;

    private static NonFiniteTrainingException Fails(
        SequenceModel model, SequenceDataset data, Optimizer optimizer, Action? afterEveryBatch = null)
    {
        TrainingOptions options = new()
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = optimizer,
            BatchSize = 4,
            Shuffle = false,
        };
        return FluentActions.Invoking(() => model.Fit(data, options, new Recorder(_ => afterEveryBatch?.Invoke())))
            .Should().Throw<NonFiniteTrainingException>().Which;
    }

    /// <summary>−t·p for one value: pulls the prediction towards the target's sign for ever.</summary>
    private sealed class PullLoss : Loss<float>
    {
        protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) =>
            target.Length.Should().Be(prediction.Length);

        protected override double ComputeSum(
            ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, double divisor)
        {
            gradient.Fill((float)(-target[0] / divisor));
            return -target[0] * prediction[0];
        }
    }
}
