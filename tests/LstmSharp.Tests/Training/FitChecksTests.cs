using System.Numerics.Tensors;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training;

public sealed class FitChecksTests
{
    [Fact]
    public void Fit_DataDoesNotFitTheModel_SaysWhatAndChangesNothing()
    {
        SequenceModel wide = SequenceModel.Create(2).Lstm(3).Dense(1).Build();
        SequenceModel twoOutputs = SequenceModel.Create(1).Lstm(3).TakeLast().Dense(2).Build();

        Rejects(wide, Means(3), Loss.MeanSquaredError).Should().Be(
            "Fit: training must have InputSize 2 as the model has, but SequenceDataset(3 samples: 6 × 1 => 1 × 1) has InputSize 1. " +
            "(Parameter 'training')");
        Rejects(SequenceModel.Create(1).Lstm(3).Dense(1).Build(), Means(3), Loss.MeanSquaredError)
            .Should().Contain("TargetLength 6, the model's output length for 6 steps, but").And.Contain("has TargetLength 1.");
        Rejects(twoOutputs, Means(3), Loss.MeanSquaredError).Should().Contain("TargetSize 2, the model's OutputSize, but");
        Rejects(twoOutputs, Means(3), Loss.CrossEntropy).Should().Contain("class targets for the loss CrossEntropy, but");
        Rejects(SequenceModel.Create(1).Lstm(2).Dense(2).Build(), Signs(3, 2), Loss.MeanAbsoluteError)
            .Should().Contain("value targets for the loss MeanAbsoluteError, but");
        Rejects(SequenceModel.Create(1).Flatten(5).Dense(1).Build(), Means(3), Loss.MeanSquaredError).Should().Contain("Flatten");
        Rejects(LstmModel(), Means(3).Subset(0..0), Loss.MeanSquaredError).Should().Contain("at least one sample, but").And.Contain("has none");
    }

    [Fact]
    public void Fit_ValidationDoesNotFit_NamesIt() =>
        FluentActions.Invoking(() => LstmModel().Fit(Means(3), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(),
            Validation = Means(3).Subset(0..0),
        })).Should().Throw<ArgumentException>().WithMessage("Fit: Validation must have at least one sample*").WithParameterName("Validation");

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void Fit_ClassOutOfRange_NamesStepAndSample(int value)
    {
        SequenceDataset data = Signs(4, 3);
        data.Classes[1, 3] = value;

        Rejects(SequenceModel.Create(1).Lstm(2).Dense(2).Build(), data, Loss.CrossEntropy)
            .Should().Contain("classes from 0 to 1 (or -100 to ignore), but").And.Contain($"has {value} at step 1 of sample 3.");
    }

    [Fact]
    public void Fit_ClassIgnored_IsAllowed()
    {
        SequenceDataset data = Signs(4, 3);
        data.Classes[1, 3] = Loss.IgnoredTarget;
        TrainingOptions options = new() { Loss = Loss.CrossEntropy, Optimizer = new Adam(), Epochs = 1 };

        SequenceModel.Create(1).Lstm(2).Dense(2).Build().Fit(data, options).History.Should().ContainSingle();
    }

    [Theory]
    [InlineData("training")]
    [InlineData("Validation")]
    public void Fit_EveryClassIgnored_IsRefusedAndChangesNothing(string name)
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(2).Dense(2).Build();
        SequenceDataset data = Signs(4, 3), ignored = Signs(4, 3);
        TensorValues.Of(ignored.Classes).Fill(Loss.IgnoredTarget);
        float[] before = model.Weights();

        model.Invoking(m => m.Fit(name == "training" ? ignored : data, new TrainingOptions
        {
            Loss = Loss.CrossEntropy,
            Optimizer = new Adam(),
            Validation = name == "training" ? data : ignored,
        })).Should().Throw<ArgumentException>().WithParameterName(name).WithMessage(
            $"Fit: {name} must have at least one target that counts, but the loss CrossEntropy ignores all of SequenceDataset(4 samples*");

        model.Weights().Should().Equal(before);
    }

    [Fact]
    public void Fit_FirstBatchIgnored_ChangesNothingAndHasNoLossUntilATargetCounts()
    {
        SequenceDataset data = Signs(4, 3);
        TensorValues.Of(data.Classes).Fill(Loss.IgnoredTarget);
        data.Classes[0, 3] = 1;
        SequenceModel model = SequenceModel.Create(1).Lstm(2).Dense(2).Build();
        float[] before = model.Weights();
        List<(bool HasLoss, bool Changed)> batches = [];
        Recorder recorder = new(report => batches.Add((!float.IsNaN(report.TrainingLoss), !model.Weights().SequenceEqual(before))));
        TrainingOptions options = new() { Loss = Loss.CrossEntropy, Optimizer = new Adam(), Epochs = 1, BatchSize = 2, Shuffle = false };

        model.Fit(data, options, recorder);

        batches.Should().Equal((false, false), (true, true));
    }

    [Fact]
    public void Fit_CountsOfALossOfOnesOwn_AreNotHeldToCrossEntropysRange()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(1).Build();
        SequenceDataset data = new(Tensor.Create(new float[8], [1, 8, 1]), Tensor.Create([3, 3, 3, 3, 3, 3, 3, 3], [8]));

        model.Fit(data, new TrainingOptions { Loss = new PoissonLoss(), Optimizer = new Adam(learningRate: 0.05f), Epochs = 100 });

        model.Parameters["0.Bias"].Values[0].Should().BeApproximately(MathF.Log(3), 0.01f, "the rate of counts of 3 is 3");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_BatchOfMoreOutputsThanAnArrayHolds_SaysSoAndChangesNothing(bool asTraining)
    {
        SequenceModel model = SequenceModel.Create(1).Dense(50_000).Build();
        SequenceDataset large = Signs(64, 1000), small = Signs(1, 1000);
        float[] before = model.Weights();

        FluentActions.Invoking(() => model.Fit(asTraining ? large : small, new TrainingOptions
        {
            Loss = Loss.CrossEntropy,
            Optimizer = new Adam(),
            Epochs = 1,
            BatchSize = 64,
            Validation = asTraining ? null : large,
        })).Should().Throw<ArgumentException>().WithMessage("*output must hold at most*but would hold 1000 × 64 × 50000*");

        model.Weights().Should().Equal(before);
    }

    [Fact]
    public void Fit_EarlyStoppingWithoutValidation_Throws() =>
        FluentActions.Invoking(() => LstmModel().Fit(Means(3), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(),
            EarlyStopping = new(patience: 8),
        })).Should().Throw<ArgumentException>().WithMessage("Fit: EarlyStopping needs Validation*").WithParameterName("options");

    [Fact]
    public void Fit_LossOfNoData_Throws() =>
        FluentActions.Invoking(() => LstmModel().Fit(Means(3), new TrainingOptions { Loss = new ByteLoss(), Optimizer = new Adam() }))
            .Should().Throw<ArgumentException>().WithMessage("Fit: Loss must be a Loss<float>, a Loss<int> or a CtcLoss, but *ByteLoss is none of them*");

    [Fact]
    public void Fit_OptimizerOfAnotherModel_ThrowsAndChangesNothing()
    {
        TrainingOptions options = new() { Loss = Loss.MeanSquaredError, Optimizer = new Adam(), Epochs = 1 };
        LstmModel().Fit(Means(3), options);
        SequenceModel model = LstmModel();

        FluentActions.Invoking(() => model.Fit(Means(3), options))
            .Should().Throw<InvalidOperationException>().WithMessage("*Make a new optimizer for every model.");

        model.Weights().Should().Equal(LstmModel().Weights());
    }

    [Fact]
    public void Fit_Null_Throws()
    {
        TrainingOptions options = new() { Loss = Loss.MeanSquaredError, Optimizer = new Adam() };

        FluentActions.Invoking(() => default(SequenceModel)!.Fit(Means(3), options))
            .Should().Throw<ArgumentNullException>().WithParameterName("model");
        FluentActions.Invoking(() => LstmModel().Fit(null!, options))
            .Should().Throw<ArgumentNullException>().WithParameterName("training");
        FluentActions.Invoking(() => LstmModel().Fit(Means(3), null!))
            .Should().Throw<ArgumentNullException>().WithParameterName("options");
    }

    [Fact]
    public void TrainingOptions_ValueOutOfRange_NamesIt()
    {
        static void Throws(Func<object> make, string name) =>
            make.Should().Throw<ArgumentException>().WithParameterName(name);

        Adam adam = new();
        Throws(() => new TrainingOptions { Loss = null!, Optimizer = adam }, "Loss");
        Throws(() => new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = null! }, "Optimizer");
        Throws(() => new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = adam, Epochs = 0 }, "Epochs");
        Throws(() => new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = adam, BatchSize = -1 }, "BatchSize");
        Throws(() => new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = adam, ClipGradientNorm = 0 }, "ClipGradientNorm");
        Throws(
            () => new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = adam, ClipGradientValue = float.NaN },
            "ClipGradientValue");
        Throws(() => new EarlyStopping(0), "patience");
        Throws(() => new EarlyStopping(1, -1), "minimumImprovement");
    }

    /// <summary>The message with which Fit refuses, having checked that it changed nothing.</summary>
    private static string Rejects(SequenceModel model, SequenceDataset data, Loss loss)
    {
        float[] before = model.Weights();
        string message = FluentActions.Invoking(() => model.Fit(data, new TrainingOptions { Loss = loss, Optimizer = new Adam() }))
            .Should().Throw<ArgumentException>().Which.Message;
        model.Weights().Should().Equal(before);
        return message;
    }

    /// <summary>The mean of e^p − t·p: the negative log likelihood of counts t at the rate e^p.</summary>
    private sealed class PoissonLoss : Loss<int>
    {
        protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<int> target) =>
            target.Length.Should().Be(prediction.Length);

        protected override double ComputeSum(
            ReadOnlySpan<float> prediction, ReadOnlySpan<int> target, Span<float> gradient, double divisor)
        {
            double sum = 0;
            for (int n = 0; n < target.Length; n++)
            {
                float rate = MathF.Exp(prediction[n]);
                sum += rate - (target[n] * prediction[n]);
                if (!gradient.IsEmpty)
                {
                    gradient[n] = (float)((rate - target[n]) / divisor);
                }
            }

            return sum;
        }
    }

    private sealed class ByteLoss : Loss<byte>
    {
        protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<byte> target)
        {
        }

        protected override double ComputeSum(
            ReadOnlySpan<float> prediction, ReadOnlySpan<byte> target, Span<float> gradient, double divisor) => 0;
    }
}
