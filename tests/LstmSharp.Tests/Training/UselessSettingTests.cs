using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training;

/// <summary>Settings under which a run would go on but learn little or nothing are refused in words.</summary>
public sealed class UselessSettingTests
{
    [Fact]
    public void OptionsWithoutEffect_AreRefused()
    {
        static void Throws(Func<object> make, string name) =>
            make.Should().Throw<ArgumentException>().WithParameterName(name);

        Throws(() => new PlateauSchedule(threshold: 1), "threshold");
        Throws(() => Loss.SmoothedCrossEntropy(1), "labelSmoothing");
        Throws(() => new Sgd(0.1f, dampening: 0.5f), "dampening");
        Throws(() => new PlateauSchedule(factor: 1), "factor");
    }

    [Theory]
    [InlineData("Sigmoid", "from 0 to 1 only; make it Dense(2) without Sigmoid")]
    [InlineData("Tanh", "from -1 to 1 only")]
    [InlineData("Lstm", "from -1 to 1 only; add a Dense(2) after it.")]
    public void Fit_BoundedOutputsUnderALossOfLogits_AreRefused(string last, string message)
    {
        SequenceModelBuilder start = SequenceModel.Create(1);
        SequenceModel model = (last == "Lstm" ? start.Lstm(2) : start.Dense(2, Enum.Parse<Activation>(last))).Build(seed: 1);
        SequenceDataset classes = Signs(6, 3);
        var labels = new SequenceDataset(
            classes.Inputs, System.Numerics.Tensors.Tensor.Create(new float[3 * 6 * 2], [3, 6, 2]));

        foreach ((SequenceDataset data, Loss loss) in new (SequenceDataset, Loss)[]
        {
            (classes, Loss.CrossEntropy),
            (labels, Loss.BinaryCrossEntropyWithLogits),
            (labels, Loss.SummedOverOutputs(Loss.BinaryCrossEntropyWithLogits, 2)),
        })
        {
            model.Invoking(m => m.Fit(data, new TrainingOptions { Loss = loss, Optimizer = new Adam() })).Should().Throw<ArgumentException>()
                .WithMessage($"Fit: the loss {loss} takes logits, any number *, but the last layer with weights, * gives numbers {message}*");
        }
    }

    [Fact]
    public void Fit_ReluOutputs_AreRefusedForBinaryLogitsAlone()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(2, Activation.Relu).Build(seed: 1);
        SequenceDataset classes = Signs(6, 3);
        var labels = new SequenceDataset(classes.Inputs, System.Numerics.Tensors.Tensor.Create(new float[36], [3, 6, 2]));

        model.Fit(classes, new TrainingOptions { Loss = Loss.CrossEntropy, Optimizer = new Adam(), Epochs = 1 });

        model.Invoking(m => m.Fit(labels, new TrainingOptions { Loss = Loss.BinaryCrossEntropyWithLogits, Optimizer = new Adam() }))
            .Should().Throw<ArgumentException>().WithMessage("*gives numbers of 0 and above only*");
    }

    [Fact]
    public void Fit_BoundedOutputsUnderALikelihood_AreRefused()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(2, Activation.Tanh).Build(seed: 1);
        SequenceDataset classes = Signs(6, 3);
        foreach ((Loss loss, int size, string numbers) in new (Loss, int, string)[]
        {
            (Loss.PoissonNegativeLogLikelihood(), 2, "logarithms of rates"),
            (Loss.GaussianNegativeLogLikelihood(), 1, "means and scales before their softplus"),
        })
        {
            var data = new SequenceDataset(
                classes.Inputs, System.Numerics.Tensors.Tensor.Create(new float[3 * 6 * size], [3, 6, size]));
            model.Invoking(m => m.Fit(data, new TrainingOptions { Loss = loss, Optimizer = new Adam() })).Should().Throw<ArgumentException>()
                .WithMessage($"Fit: the loss {loss} takes {numbers}, any number * gives numbers from -1 to 1 only; make it Dense(2) without Tanh*");
        }
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("amsgrad")]
    [InlineData("adamw")]
    [InlineData("rmsprop")]
    public void Fit_GradientWhoseSquareOverflows_IsNamedAndChangesNothing(string name)
    {
        Optimizer optimizer = name switch
        {
            "adam" => new Adam(),
            "amsgrad" => new Adam(amsgrad: true),
            "adamw" => new AdamW(),
            _ => new RmsProp(),
        };
        SequenceModel model = LineModel();
        TrainingOptions With(float? clip) => new()
        {
            Loss = Loss.MeanAbsoluteError,
            Optimizer = optimizer,
            Epochs = 1,
            ClipGradientNorm = clip,
        };

        NonFiniteTrainingException exception = model.Invoking(m => m.Fit(Steps([1e22f], [1]), With(null)))
            .Should().Throw<NonFiniteTrainingException>().Which;

        (exception.Layer, exception.Tensor).Should().Be((0, "gradient of 0.Weights"));
        exception.Message.Should().Contain("holds -1E+22, whose square overflows").And.Contain("set ClipGradientNorm");
        model.Weights().Should().OnlyContain(weight => weight == 0);
        model.Fit(Steps([1e22f], [1]), With(1));
        model.Weights()[0].Should().NotBe(0);
        double.IsFinite(optimizer.Moments.Sum(GradientClipping.GlobalNorm)).Should().BeTrue();
    }

    [Fact]
    public void Fit_WeightDecayThatOverflowsAMoment_IsNamed()
    {
        SequenceModel model = LineModel();
        model.Parameters["0.Weights"].Edit(weights => weights[0] = 1e22f);

        NonFiniteTrainingException exception = model.Invoking(m => m.Fit(Steps([0], [1]), new TrainingOptions
        {
            Loss = Loss.MeanAbsoluteError,
            Optimizer = new Adam(weightDecay: 1),
            Epochs = 1,
        })).Should().Throw<NonFiniteTrainingException>().Which;

        (exception.Layer, exception.Tensor).Should().Be((0, "optimizer's squares of 0.Weights"));
        exception.Message.Should().Contain("lower the weight decay");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(-1f)]
    [InlineData(1.5f)]
    [InlineData(float.PositiveInfinity)]
    public void BinaryAccuracy_BadTarget_IsRefused(float target)
    {
        BinaryAccuracy metric = new();

        metric.Invoking(m => m.Add([1, 2], [1, target])).Should().Throw<ArgumentException>()
            .WithMessage("BinaryAccuracy: target must hold probabilities from 0 to 1, but its value 1 is *");

        metric.Count.Should().Be(0);
    }
}
