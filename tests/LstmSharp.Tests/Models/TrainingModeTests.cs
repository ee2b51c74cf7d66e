using System.Numerics.Tensors;
using LstmSharp.Randomness;
using LstmSharp.Tests.Randomness;
using LstmSharp.Tests.Training;
using LstmSharp.Tests.Training.Checkpoints;

namespace LstmSharp.Tests.Models;

/// <summary>What a model drops while it trains, and when it does not.</summary>
public sealed class TrainingModeTests
{
    [Fact]
    public void Forward_OfATrainingStep_DropsWhatSeedUpdateSampleStepAndUnitSay()
    {
        SequenceModel model = SequenceModel.Create(40).Dropout(0.3f).Build();
        SequencePass pass = model.CreatePass();
        float[] ones = [.. Enumerable.Repeat(1f, 3 * 2 * 40)];
        pass.Forward(new ReadOnlyTensorSpan<float>(ones, [3, 2, 40]), new TrainingStep(4, 9, [70, -1]));
        RandomKey key = RandomKey.Of(4, RandomPurpose.Dropout, 0).At(9);
        int[] samples = [70, -1];
        pass.OutputValues.ToArray().Should().Equal(
            Enumerable.Range(0, ones.Length).Select(n => NaiveMask.Of(key, n / 80, samples[n / 40 % 2], n % 40, 0.3f)));
        pass.Forward(new ReadOnlyTensorSpan<float>(ones, [3, 2, 40]));
        pass.OutputValues.ToArray().Should().Equal(ones, "without a training step the model predicts");
    }

    [Fact]
    public void Forward_WithoutSamples_TakesTheRowsPlaces()
    {
        SequencePass pass = SequenceModel.Create(9).Dropout(0.5f).Build().CreatePass();
        float[] input = RandomValues.Uniform(new Random(1), 4 * 3 * 9);
        float[] Output(in TrainingStep step)
        {
            pass.Forward(new ReadOnlyTensorSpan<float>(input, [4, 3, 9]), step);
            return pass.OutputValues.ToArray();
        }

        Output(new TrainingStep(1, 2)).Should().Equal(Output(new TrainingStep(1, 2, [0, 1, 2])))
            .And.NotEqual(Output(new TrainingStep(1, 2, [0, 1, 3])))
            .And.NotEqual(Output(new TrainingStep(1, 3)))
            .And.NotEqual(Output(new TrainingStep(2, 2)));
    }

    [Fact]
    public void Forward_SamplesThatAreNotOneForEachRow_AreRefused()
    {
        SequencePass pass = SequenceModel.Create(1).Dropout(0.5f).Build().CreatePass();
        Action forward = () => pass.Forward(new ReadOnlyTensorSpan<float>(new float[6], [2, 3, 1]), new TrainingStep(1, 2, [0, 1]));
        forward.Should().Throw<ArgumentException>()
            .WithMessage("SequencePass: the training step's samples must be 3 numbers, one for each row of the batch, or none, but are 2*");
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1f)]
    [InlineData(float.NaN)]
    public void Dropout_ARateOutsideZeroToOne_IsRefused(float rate)
    {
        Action add = () => SequenceModel.Create(2).Dropout(rate);
        add.Should().Throw<ArgumentOutOfRangeException>().WithMessage("Dropout(2): rate must be from 0 to before 1*");
    }

    [Fact]
    public void Fit_ModelsWithDropoutOfNothing_AreThoseWithout()
    {
        float[] Weights(Func<SequenceModelBuilder, SequenceModelBuilder> last)
        {
            SequenceModel model = last(SequenceModel.Create(1).Lstm(5).TakeLast().Dense(1)).Build(seed: 2);
            model.Fit(TrainingScene.Means(30), Options());
            return model.Weights();
        }

        Weights(model => model.Dropout(0)).Should().Equal(Weights(model => model));
    }

    /// <summary>Validation is that of predictions: with a learning rate of almost nothing the loss is what Evaluate says.</summary>
    [Fact]
    public void Fit_ValidationAndEvaluate_DropNothing()
    {
        SequenceModel model = Model();
        SequenceDataset data = TrainingScene.Means(30);
        TrainingResult result = model.Fit(data, Options(new Sgd(1e-30f), data));
        result.History[0].ValidationLoss.Should().Be(model.Evaluate(data, Loss.MeanSquaredError).Loss);
        result.History[0].TrainingLoss.Should().NotBe(result.History[0].ValidationLoss);
        result.History[0].TrainingLoss.Should().NotBe(result.History[1].TrainingLoss, "each update has masks of its own");
    }

    [Fact]
    public void Fit_Dropout_FollowsTheSeed()
    {
        float[] Weights(int seed)
        {
            SequenceModel model = Model();
            model.Fit(TrainingScene.Means(30), Options(seed: seed));
            return model.Weights();
        }

        Weights(1).Should().Equal(Weights(1)).And.NotEqual(Weights(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fit_WithDropout_GoesOnToTheSameBits(bool isResidual)
    {
        using ResumeScene whole = new("adam", "step") { DropoutRate = 0.4f, IsResidual = isResidual };
        using ResumeScene stopped = new("adam", "step") { DropoutRate = 0.4f, IsResidual = isResidual };
        ResumeScene.Outcome expected = whole.Run();
        for (int stop = 1; stop < 15; stop += 3)
        {
            stopped.Run(cancelAt: stop).Result.StopReason.Should().Be(StopReason.Cancelled);
            stopped.Resume().ShouldEqual(expected, $"evaluation {stop} was the last before the stop");
        }
    }

    [Fact]
    public void Fit_WithMasksOnTheState_GoesOnToTheSameBits()
    {
        var masks = new RecurrentRegularization { Dropout = 0.3f, Zoneout = 0.2f, CellZoneout = 0.4f };
        using ResumeScene whole = new("adam", "step") { Masks = masks }, stopped = new("adam", "step") { Masks = masks };
        using ResumeScene without = new("adam", "step");
        ResumeScene.Outcome expected = whole.Run();
        expected.Result.History[^1].TrainingLoss.Should().NotBe(without.Run().Result.History[^1].TrainingLoss);
        for (int stop = 1; stop < 15; stop += 4)
        {
            stopped.Run(cancelAt: stop).Result.StopReason.Should().Be(StopReason.Cancelled);
            stopped.Resume().ShouldEqual(expected, $"evaluation {stop} was the last before the stop");
        }
    }

    /// <summary>A stream has no direct way for zoneout: it must give what a sequence gives.</summary>
    [Fact]
    public void Stream_WithZoneout_TakesItsMean()
    {
        SequenceModel model = SequenceModel.Create(2)
            .Lstm(5, new RecurrentRegularization { Zoneout = 0.3f, CellZoneout = 0.6f, Dropout = 0.5f }).Build(seed: 4);
        Tensor<float> input = Tensor.Create(RandomValues.Uniform(new Random(5), 6 * 3 * 2), [6, 3, 2]);
        float[] expected = [.. model.Predict(input)], output = new float[15];
        SequenceStream stream = model.OpenStream(batchSize: 3);
        for (int t = 0; t < 6; t++)
        {
            stream.Step(TensorValues.Step(input, t), output);
            output.ShouldHaveTheBitsOf(expected.AsSpan(t * 15, 15).ToArray());
        }
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1f)]
    [InlineData(float.NaN)]
    public void RecurrentRegularization_ARateOutsideZeroToOne_IsRefused(float rate)
    {
        Action[] makes =
        [
            () => _ = new RecurrentRegularization { Dropout = rate }, () => _ = new RecurrentRegularization { Zoneout = rate },
            () => _ = new RecurrentRegularization { CellZoneout = rate },
        ];
        makes.Should().AllSatisfy(make => make.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*from 0 to before 1*"));
    }

    /// <summary>Only what is multiplied by 1/(1 − rate) overflows, so a prediction would find nothing.</summary>
    [Fact]
    public void Fit_OutputThatOverflowsByItsMask_IsNamed()
    {
        SequenceModel model = SequenceModel.Create(1).Dropout(0.8f).Dense(1).Build(seed: 1);
        model.Parameters[0].Edit(values => values[0] = 1e38f);
        float[] ones = [.. Enumerable.Repeat(1f, 40)];
        Action fit = () => model.Fit(TrainingScene.Steps(ones, ones), Options());
        fit.Should().Throw<NonFiniteTrainingException>().Which.Tensor.Should().Be("output of layer 1");
    }

    private static SequenceModel Model() =>
        SequenceModel.Create(1).Dropout(0.2f).Lstm(7).Dropout(0.5f).TakeLast().Dense(1).Build(seed: 3);

    private static TrainingOptions Options(Optimizer? optimizer = null, SequenceDataset? validation = null, int seed = 5) => new()
    {
        Loss = Loss.MeanSquaredError,
        Optimizer = optimizer ?? new Adam(0.01f),
        Epochs = 3,
        BatchSize = 8,
        Seed = seed,
        Shuffle = false,
        Validation = validation,
    };
}
