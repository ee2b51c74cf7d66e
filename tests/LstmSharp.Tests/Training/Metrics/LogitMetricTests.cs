using CsCheck;

namespace LstmSharp.Tests.Training.Metrics;

/// <summary>Perplexity, top-k accuracy and F1 against their definitions in double.</summary>
public sealed class LogitMetricTests
{
    [Fact]
    public void Values_OfAnyLogitsAndIgnoredTargets_AgreeWithNaiveDefinitions() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 6], Gen.Int).Sample((rows, classes, seed) =>
        {
            Random random = new(seed);
            float[][] logits = [.. Enumerable.Range(0, rows).Select(_ => Array.ConvertAll(RandomValues.Uniform(random, classes, 3), MathF.Round))];
            int[] target = [.. logits.Select((_, row) => row > 0 && random.Next(4) == 0 ? Loss.IgnoredTarget : random.Next(classes))];
            int k = 1 + random.Next(classes), cut = random.Next(rows + 1);
            Perplexity perplexity = new();
            TopKAccuracy top = new(k);
            F1Score macro = new(classes), micro = new(classes, F1Average.Micro);
            ConfusionMatrix matrix = new(classes);
            foreach (Metric<int> metric in new Metric<int>[] { perplexity, top, macro, micro, matrix })
            {
                metric.Add([.. logits[..cut].SelectMany(row => row)], target.AsSpan(0, cut));
                metric.Add([.. logits[cut..].SelectMany(row => row)], target.AsSpan(cut));
            }

            int[] counted = [.. Enumerable.Range(0, rows).Where(row => target[row] >= 0)];
            perplexity.Value.Should().BeApproximately(Math.Exp(counted.Average(row => -Math.Log(
                Math.Exp(logits[row][target[row]]) / logits[row].Sum(x => Math.Exp(x))))), 1e-5);
            perplexity.Count.Should().Be(counted.Length);
            int[] Ranked(int row) => [.. Enumerable.Range(0, classes).OrderByDescending(c => logits[row][c]).ThenBy(c => c)];
            top.Value.Should().Be(counted.Count(row => Ranked(row).Take(k).Contains(target[row])) / (double)counted.Length);
            double[] ofClasses = [.. Enumerable.Range(0, classes).Select(c =>
            {
                double right = counted.Count(row => target[row] == c && Ranked(row)[0] == c);
                double precision = right / counted.Count(row => Ranked(row)[0] == c), recall = right / counted.Count(row => target[row] == c);
                bool came = counted.Any(row => target[row] == c || Ranked(row)[0] == c);
                return !came ? double.NaN : right == 0 ? 0 : 2 * precision * recall / (precision + recall);
            })];
            macro.Value.Should().BeApproximately(ofClasses.Where(f => !double.IsNaN(f)).Average(), 1e-12);
            micro.Value.Should().Be(matrix.Value, "each row is taken for one class");
            for (int c = 0; c < classes; c++)
            {
                if (double.IsNaN(ofClasses[c]))
                {
                    macro.Of(c).Should().Be(double.NaN);
                }
                else
                {
                    macro.Of(c).Should().BeApproximately(ofClasses[c], 1e-12);
                }

                matrix.F1(c).Should().Be(macro.Of(c));
            }
        }, iter: 200, threads: 1);

    [Fact]
    public void TopKAccuracy_OfOne_IsTheAccuracyWithEqualLogitsAndNaN()
    {
        float[] logits = [5, 5, -1, 0, 3, 3, float.NaN, 1, 0];
        Accuracy accuracy = new();
        TopKAccuracy top = new(1), all = new(3);
        foreach (Metric<int> metric in new Metric<int>[] { accuracy, top, all })
        {
            metric.Add(logits, [0, 2, 1]);
        }

        (top.Right, top.Total, top.Value).Should().Be((1, 3, accuracy.Value));
        all.Right.Should().Be(2, "a row with a NaN is never right");
    }

    [Fact]
    public void F1Score_UndecidedRows_ArePartOfTheirClassAndTakenForNone()
    {
        F1Score macro = new(2), micro = new(2, F1Average.Micro);
        foreach (F1Score metric in new[] { macro, micro })
        {
            metric.Add([1, 0, float.NaN, 0, 0, 1], [0, 0, 1]);
        }

        (macro.Of(0), macro.Of(1), macro.Value, micro.Value).Should().Be((2 / 3.0, 1, (2 / 3.0 + 1) / 2, 4 / 5.0));
    }

    [Fact]
    public void Values_OfNothingAndAfterReset_AreNaN()
    {
        foreach (Metric<int> metric in new Metric<int>[] { new Perplexity(), new TopKAccuracy(1), new F1Score(2), new F1Score(2, F1Average.Micro) })
        {
            metric.Add([1, 2], [Loss.IgnoredTarget]);
            metric.Value.Should().Be(double.NaN);
            metric.Add([1, 2], [1]);
            metric.Value.Should().BePositive();
            metric.Reset();
            metric.Value.Should().Be(double.NaN);
        }

        new Perplexity().LargerIsBetter.Should().BeFalse();
        new TopKAccuracy(1).LargerIsBetter.Should().BeTrue();
        new F1Score(2).LargerIsBetter.Should().BeTrue();
    }

    [Fact]
    public void Add_TargetsDoNotFit_SaysWhat()
    {
        Throws(() => new Perplexity().Add([1, 2], [2]), "Perplexity: target must hold classes from 0 to 1 *");
        Throws(() => new TopKAccuracy(3).Add([1, 2], [1]), "TopKAccuracy: prediction must hold at least k = 3 classes for each target, but holds 2.*");
        Throws(() => new F1Score(3).Add([1, 2], [1]), "F1Score: prediction must hold 3 classes for each target, but holds 2.*");
        FluentActions.Invoking(() => new TopKAccuracy(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("k");
        FluentActions.Invoking(() => new F1Score(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("classes");
        FluentActions.Invoking(() => new F1Score(2, (F1Average)2)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("average");
        FluentActions.Invoking(() => new F1Score(2).Of(2)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static void Throws(Action action, string message) => action.Should().Throw<ArgumentException>().WithMessage(message);
}
