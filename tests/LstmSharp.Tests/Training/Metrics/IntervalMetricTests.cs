using CsCheck;

namespace LstmSharp.Tests.Training.Metrics;

/// <summary>Coverage and width of intervals, and the pinball error.</summary>
public sealed class IntervalMetricTests
{
    [Fact]
    public void Values_OfAnyOutputsInAnyParts_AgreeWithNaiveDefinitions() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[2, 5], Gen.Int).Sample((count, outputs, seed) =>
        {
            Random random = new(seed);
            float[] prediction = RandomValues.Uniform(random, count * outputs), target = RandomValues.Uniform(random, count);
            int lower = random.Next(outputs - 1), upper = random.Next(lower + 1, outputs), cut = random.Next(count + 1);
            float[] levels = [.. Enumerable.Range(1, outputs).Select(k => k / (outputs + 1f))];
            IntervalCoverage coverage = new(outputs, lower, upper);
            IntervalWidth width = new(outputs, lower, upper);
            MeanPinballError pinball = new(levels);
            foreach (Metric<float> metric in new Metric<float>[] { coverage, width, pinball })
            {
                metric.Add(prediction.AsSpan(0, cut * outputs), target.AsSpan(0, cut));
                metric.Add(prediction.AsSpan(cut * outputs), target.AsSpan(cut));
            }

            int[] all = [.. Enumerable.Range(0, count)];
            double Low(int n) => prediction[(n * outputs) + lower];
            double High(int n) => prediction[(n * outputs) + upper];
            coverage.Value.Should().Be(all.Count(n => target[n] >= Low(n) && target[n] <= High(n)) / (double)count);
            width.Value.Should().BeApproximately(all.Average(n => High(n) - Low(n)), 1e-12);
            pinball.Value.Should().BeApproximately(NaiveLoss.Quantile(RandomValues.ToDoubles(prediction), target, levels), 1e-12);
            ((float)pinball.Value).Should().BeApproximately(Loss.Quantile(levels).Evaluate(prediction, target), 1e-6f);
        }, iter: 200, threads: 1);

    [Fact]
    public void IntervalCoverage_EndsAndNaNAndCrossing_AreAsDocumented()
    {
        IntervalCoverage metric = new(outputsPerTarget: 2);

        metric.Add([1, 2, 1, 2, float.NaN, 2, 3, 0], [1, 2, 1, 1]);

        (metric.Value, metric.Count).Should().Be((0.5, 4));
    }

    [Fact]
    public void Values_OfNothingAndAfterReset_AreNaN()
    {
        foreach (Metric<float> metric in new Metric<float>[] { new IntervalCoverage(2), new IntervalWidth(2), new MeanPinballError(0.1f, 0.9f) })
        {
            metric.Value.Should().Be(double.NaN);
            metric.Add([1, 2], [1.5f]);
            metric.Value.Should().BePositive();
            metric.Reset();
            metric.Value.Should().Be(double.NaN);
        }
    }

    /// <summary>Rows of different length: only real steps count.</summary>
    [Fact]
    public void Evaluate_RaggedSequences_CountsRealStepsAlone()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(2).Build(seed: 1);
        SequenceDataset data = new(SequenceList.Of<float>([[1, 2, 3], [4]]), SequenceList.Of<float>([[1, 2, 3], [4]]));
        IntervalWidth width = new(2);
        MeanPinballError pinball = new(0.1f, 0.9f);

        EvaluationResult result = model.Evaluate(data, Loss.Quantile(0.1f, 0.9f), [width, pinball]);

        (width.Count, pinball.Count).Should().Be((4, 4));
        ((double)result.Loss).Should().BeApproximately(pinball.Value, 1e-6);
    }

    [Fact]
    public void Settings_OutOfRangeAndTargetsThatDoNotFit_AreRefused()
    {
        FluentActions.Invoking(() => new IntervalWidth(1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("outputsPerTarget");
        FluentActions.Invoking(() => new IntervalWidth(3, 1, 1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("upper");
        FluentActions.Invoking(() => new IntervalCoverage(3, 0, 3)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("upper");
        FluentActions.Invoking(() => new IntervalCoverage(3, -1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("lower");
        FluentActions.Invoking(() => new MeanPinballError(0.5f, 0.2f)).Should().Throw<ArgumentException>().WithMessage("MeanPinballError: levels *");
        FluentActions.Invoking(() => new IntervalCoverage(2).Add([1, 2, 3], [1])).Should().Throw<ArgumentException>()
            .WithMessage("IntervalCoverage: prediction must hold 2 values for each of 1 targets, but holds 3.*");
    }
}
