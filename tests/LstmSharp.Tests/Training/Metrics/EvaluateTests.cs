using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training.Metrics;

public sealed class EvaluateTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(11)]
    [InlineData(500)]
    public void Evaluate_ValuesInAnyBatches_GivesWhatThePredictionsGive(int batchSize)
    {
        SequenceModel model = LstmModel();
        SequenceDataset data = Means(11);
        MeanAbsoluteError absolute = new(), expected = new();
        RootMeanSquaredError root = new();
        expected.Add([.. model.Predict(data.Inputs)], [.. data.Targets]);

        EvaluationResult result = model.Evaluate(data, Loss.MeanSquaredError, [absolute, root], batchSize);

        float loss = Loss.MeanSquaredError.Evaluate([.. model.Predict(data.Inputs)], [.. data.Targets]);
        result.Loss.Should().BeApproximately(loss, loss * 1e-6f);
        result.Metrics.Should().Equal(absolute, root);
        absolute.Value.Should().Be(expected.Value, "one step a sequence: the values come in the same order");
        root.Value.Should().BeApproximately(Math.Sqrt(loss), 1e-7);
        result.ToString().Should().StartWith("Loss 0.").And.Contain(", MeanAbsoluteError 0.").And.Contain(", RootMeanSquaredError 0.");
    }

    [Fact]
    public void Evaluate_WithTheBatchSizeOfTraining_GivesTheBitsOfTheValidationLoss()
    {
        SequenceModel model = LstmModel();
        SequenceDataset validation = Means(11, seed: 3);

        TrainingResult result = model.Fit(Means(20), new TrainingOptions
        {
            Loss = Loss.Huber(0.3f),
            Optimizer = new Adam(0.01f),
            Epochs = 2,
            BatchSize = 4,
            Validation = validation,
        });

        model.Evaluate(validation, Loss.Huber(0.3f), batchSize: 4).Loss.Should().Be(result.History[^1].ValidationLoss!.Value);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(32)]
    public void Evaluate_ClassesWithIgnoredTargets_CountsTheOthers(int batchSize)
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(3).Dense(2).Build(4);
        SequenceDataset data = Signs(8, length: 3);
        data.Classes[1, 3] = data.Classes[0, 7] = Loss.IgnoredTarget;
        Accuracy accuracy = new(), expected = new();
        ConfusionMatrix matrix = new(classes: 2);
        expected.Add([.. model.Predict(data.Inputs)], [.. data.Classes]);

        EvaluationResult result = model.Evaluate(data, Loss.CrossEntropy, [accuracy, matrix], batchSize);

        float loss = Loss.CrossEntropy.Evaluate([.. model.Predict(data.Inputs)], [.. data.Classes]);
        result.Loss.Should().BeApproximately(loss, loss * 1e-6f);
        (accuracy.Value, accuracy.Total).Should().Be((expected.Value, 22));
        (matrix.Value, matrix.Total).Should().Be((accuracy.Value, 22));
        result.ToString().Should().MatchRegex($"^Loss [0-9.]+, {accuracy}\r?\ntrue").And.EndWith(matrix.ToString());
    }

    [Fact]
    public void Evaluate_EveryTargetIgnored_HasNoLoss()
    {
        SequenceDataset data = Signs(8, length: 3);
        TensorValues.Of(data.Classes).Fill(Loss.IgnoredTarget);

        EvaluationResult result = SequenceModel.Create(1).Lstm(3).Dense(2).Build(4).Evaluate(data, Loss.CrossEntropy, [new Accuracy()]);

        (result.Loss, result.Metrics[0].Value).Should().Be((float.NaN, double.NaN));
    }

    [Fact]
    public void Evaluate_Again_ResetsTheMetrics()
    {
        SequenceModel model = LstmModel();
        MeanAbsoluteError metric = new();
        double first = ((MeanAbsoluteError)model.Evaluate(Means(5), Loss.MeanSquaredError, [metric]).Metrics[0]).Value;

        model.Evaluate(Means(5), Loss.MeanSquaredError, [metric]);

        (metric.Value, metric.Count).Should().Be((first, 5));
    }

    [Fact]
    public void Evaluate_FromManyThreads_GivesTheSameBits()
    {
        SequenceModel model = LstmModel();
        SequenceDataset data = Means(40);
        float expected = model.Evaluate(data, Loss.MeanSquaredError).Loss;
        float[] losses = new float[16];

        Parallel.For(0, losses.Length, n => losses[n] = model.Evaluate(data, Loss.MeanSquaredError).Loss);

        losses.Should().OnlyContain(loss => loss == expected);
    }

    [Fact]
    public void Evaluate_WhatDoesNotFit_SaysWhat()
    {
        SequenceModel model = LstmModel(), classifier = SequenceModel.Create(1).Lstm(3).Dense(2).Build();
        SequenceDataset classes = Signs(3, 2);

        void Rejects(Action evaluate, string message) => evaluate.Should().Throw<ArgumentException>().WithMessage(message);

        Rejects(() => model.Evaluate(Means(3).Subset(0..0), Loss.MeanSquaredError), "Evaluate: data must have at least one sample, but*");
        Rejects(() => model.Evaluate(Means(3), Loss.CrossEntropy), "Evaluate: data must have class targets for the loss CrossEntropy*");
        Rejects(
            () => model.Evaluate(Means(3), Loss.MeanSquaredError, [new Accuracy()]),
            "*metrics must be of values for *, but Accuracy is not.*");
        Rejects(
            () => classifier.Evaluate(classes, Loss.CrossEntropy, [new MeanAbsoluteError()]),
            "*metrics must be of classes for *, but MeanAbsoluteError is not.*");
        Rejects(
            () => classifier.Evaluate(classes, Loss.CrossEntropy, [new ConfusionMatrix(3)]),
            "ConfusionMatrix: prediction must hold 3 classes*");
        Rejects(() => model.Evaluate(Means(3), Loss.MeanSquaredError, batchSize: 0), "*batchSize*");
        Rejects(() => model.Evaluate(Means(3), Loss.MeanSquaredError, [null!]), "*metrics*");
        Rejects(() => model.Evaluate(null!, Loss.MeanSquaredError), "*data*");
        Rejects(() => model.Evaluate(Means(3), null!), "*loss*");
        Rejects(() => default(SequenceModel)!.Evaluate(Means(3), Loss.MeanSquaredError), "*model*");
    }

    [Fact]
    public void Evaluate_LossThatIsNotFinite_IsReturned()
    {
        SequenceDataset data = Means(3);
        data.Targets[0, 1, 0] = float.NaN;

        LstmModel().Evaluate(data, Loss.MeanSquaredError).Loss.Should().Be(float.NaN);
    }

    [Fact]
    public void Evaluate_MetricOfOnesOwn_IsAsked()
    {
        LargestError metric = new();
        SequenceDataset data = Means(9);
        SequenceModel model = LstmModel();

        model.Evaluate(data, Loss.MeanSquaredError, [metric], batchSize: 4);

        metric.Value.Should().Be(model.Predict(data.Inputs).Zip(data.Targets, (p, t) => (double)Math.Abs(p - t)).Max());
    }

    private sealed class LargestError : Metric<float>
    {
        private double _largest;

        public override double Value => _largest;

        public override void Reset() => _largest = 0;

        protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
        {
        }

        protected override void Accumulate(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
        {
            for (int n = 0; n < target.Length; n++)
            {
                _largest = Math.Max(_largest, Math.Abs(prediction[n] - target[n]));
            }
        }
    }
}
