namespace LstmSharp.Tests.Training.Metrics;

public sealed class ClassMetricTests
{
    /// <summary>Taken for 2, 0, 1, 1, 0 of three classes; of two equal ones it is the first.</summary>
    private static readonly float[] Logits = [0, 1, 2, 5, 5, -1, 0, 3, -9, -3, -2, -2.5f, 1, 0, 0];

    [Fact]
    public void Accuracy_WithAnIgnoredTarget_IsTheShareOfTheOthers()
    {
        Accuracy metric = new();

        metric.Add(Logits, [2, 0, Loss.IgnoredTarget, 0, 0]);

        (metric.Right, metric.Total, metric.Value).Should().Be((3, 4, 0.75));
        metric.ToString().Should().Be("Accuracy 0.75");
        metric.Reset();
        metric.Value.Should().Be(double.NaN);
    }

    [Fact]
    public void ConfusionMatrix_Counts_StandByTrueAndPredictedClass()
    {
        ConfusionMatrix matrix = new(classes: 3);

        matrix.Add(Logits, [2, 0, Loss.IgnoredTarget, 0, 0]);
        matrix.Add(Logits.AsSpan(0, 3), [1]);

        int[,] counts = { { 2, 1, 0 }, { 0, 0, 1 }, { 0, 0, 1 } };
        for (int target = 0; target < 3; target++)
        {
            for (int predicted = 0; predicted < 3; predicted++)
            {
                matrix[target, predicted].Should().Be(counts[target, predicted], "{0} was taken for {1}", target, predicted);
            }
        }

        (matrix.Total, matrix.Value).Should().Be((5, 0.6));
        Enumerable.Range(0, 3).Select(matrix.Recall).Should().Equal(2 / 3.0, 0, 1);
        Enumerable.Range(0, 3).Select(matrix.Precision).Should().Equal(1, 0, 0.5);
        matrix.ToString().ReplaceLineEndings("\n").Should().Be(
            "true \\ predicted  0  1  2\n" +
            "               0  2  1  0\n" +
            "               1  0  0  1\n" +
            "               2  0  0  1");
    }

    [Fact]
    public void Add_RowsWithNaN_CountButAreNeverRight()
    {
        Accuracy accuracy = new();
        ConfusionMatrix matrix = new(classes: 2);
        float[] logits = [float.NaN, 1, 1, float.NaN, float.NaN, float.NaN, 2, 1];
        foreach (ClassMetric metric in new ClassMetric[] { accuracy, matrix })
        {
            metric.Add(logits, [0, 0, 1, 0]);
            metric.Add(logits.AsSpan(0, 2), [1]);
        }

        (accuracy.Right, accuracy.Total, accuracy.Value).Should().Be((1, 5, 0.2));
        (matrix.Total, matrix.Value, matrix[0, 0], matrix[1, 1]).Should().Be((5, 0.2, 1, 0));
        (matrix.Undecided(0), matrix.Undecided(1), matrix.Recall(0), matrix.Recall(1)).Should().Be((2, 2, 1 / 3.0, 0));
        matrix.Precision(0).Should().Be(1, "only the one row was taken for it");
        matrix.Invoking(m => m.Undecided(2)).Should().Throw<ArgumentOutOfRangeException>();
        matrix.Reset();
        matrix.Undecided(0).Should().Be(0);
    }

    [Fact]
    public void ConfusionMatrix_ClassThatNeverCame_HasNoShares()
    {
        ConfusionMatrix matrix = new(classes: 2);
        matrix.Value.Should().Be(double.NaN);
        matrix.Add([1, 0], [0]);
        (matrix.Recall(1), matrix.Precision(1), matrix.Recall(0)).Should().Be((double.NaN, double.NaN, 1));
        matrix.Reset();
        (matrix.Total, matrix[0, 0]).Should().Be((0, 0));
    }

    [Fact]
    public void Add_TargetsDoNotFit_SaysWhat()
    {
        Accuracy accuracy = new();
        ConfusionMatrix matrix = new(classes: 2);
        accuracy.Invoking(m => m.Add([1, 2, 3], [0, 1])).Should().Throw<ArgumentException>().WithMessage(
            "Accuracy: prediction must hold a whole number of classes for each of 2 targets, but holds 3 values.*");
        accuracy.Invoking(m => m.Add([1, 2], [2])).Should().Throw<ArgumentException>().WithMessage(
            "Accuracy: target must hold classes from 0 to 1 (or -100 to ignore), but row 0 holds 2.*");
        matrix.Invoking(m => m.Add([1, 2, 3], [2])).Should().Throw<ArgumentException>().WithMessage(
            "ConfusionMatrix: prediction must hold 2 classes for each target, but holds 3.*");
        matrix.Invoking(m => m[0, 2]).Should().Throw<ArgumentOutOfRangeException>();
        matrix.Invoking(m => m.Recall(-1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new ConfusionMatrix(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("classes");
    }
}
