using System.Numerics.Tensors;
using CsCheck;

namespace LstmSharp.Tests.Training;

public sealed class CtcLossTests
{
    /// <summary>Ragged batches of up to 5 steps and 3 labels of 2 to 4 classes, repeated labels among them, against the sum over all paths.</summary>
    [Fact]
    public void Sum_AnyRaggedBatch_AgreesWithTheSumOverAllPathsAndItsCentralDifferences()
    {
        int possible = 0;
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 5], Gen.Int[2, 4], Gen.Int).Sample((rows, steps, classes, seed) =>
        {
            Random random = new(seed);
            int blank = random.Next(classes);
            float[] logits = RandomValues.Uniform(random, steps * rows * classes, 3), gradient = new float[logits.Length];
            int[] lengths = [.. Enumerable.Range(0, rows).Select(_ => random.Next(steps + 1))];
            int[][] labels = [.. lengths.Select(length => Labels(random, random.Next(Math.Min(length, 3) + 1), classes, blank))];
            Array.Fill(gradient, 7);

            double loss = new CtcLoss(blank).Sum(
                Shaped(logits, rows, classes), [.. labels.SelectMany(l => l)], [.. labels.Select(l => l.Length)], gradient, lengths, divisor: rows);

            double expected = 0;
            double[] slopes = new double[logits.Length];
            for (int row = 0; row < rows; row++)
            {
                double[] own = [.. Enumerable.Range(0, lengths[row] * classes).Select(n => (double)logits[Place(n, row)])];
                double Naive() => NaiveCtc.Loss(own, classes, labels[row], blank);
                expected += Naive();
                double[] ofRow = CentralDifferences.Gradient(Naive, own);
                for (int n = 0; n < own.Length; n++)
                {
                    slopes[Place(n, row)] = ofRow[n] / rows;
                }
            }

            int Place(int n, int row) => (((n / classes * rows) + row) * classes) + (n % classes);
            if (double.IsInfinity(expected))
            {
                loss.Should().Be(double.PositiveInfinity);
                return;
            }

            Interlocked.Increment(ref possible);
            loss.Should().BeApproximately(expected, 1e-9 * Math.Max(1, expected));
            gradient.ShouldBeWithin(slopes, absolute: 1e-7, relative: 1e-6, "the gradient");
        }, iter: 400, threads: 1);

        possible.Should().BeGreaterThan(200);
    }

    [Fact]
    public void Sum_ImpossibleAlignment_IsInfiniteOrByOptionZero()
    {
        float[] logits = RandomValues.Uniform(new Random(1), 3 * 2 * 3), gradient = new float[logits.Length], alone = new float[9];
        ReadOnlyTensorSpan<float> shaped = Shaped(logits, rows: 2, classes: 3);
        int[] labels = [1, 1, 2, 1, 2], labelLengths = [3, 2]; // 1 1 needs a blank between: four steps

        new CtcLoss().Sum(shaped, labels, labelLengths, gradient).Should().Be(double.PositiveInfinity);
        gradient.Should().Contain(float.NaN);
        double finite = new CtcLoss(zeroInfinity: true).Sum(shaped, labels, labelLengths, gradient);

        float[] second = [.. logits.Chunk(6).SelectMany(step => step[3..])];
        finite.Should().Be(new CtcLoss().Sum(Shaped(second, 1, 3), [1, 2], [2], alone));
        gradient.Chunk(6).SelectMany(step => step[..3]).Should().OnlyContain(slope => slope == 0);
        gradient.Chunk(6).SelectMany(step => step[3..]).Should().Equal(alone);
    }

    [Fact]
    public void Sum_NoStepsOrNoLabels_IsAsDefined()
    {
        new CtcLoss().Sum(Shaped([], 1, 2), [], [0]).Should().Be(0, "the empty path spells nothing");
        new CtcLoss().Sum(Shaped([], 1, 2), [1], [1]).Should().Be(double.PositiveInfinity);
        new CtcLoss(zeroInfinity: true).Sum(Shaped([], 1, 2), [1], [1]).Should().Be(0);
        new CtcLoss().Sum(Shaped([0, 0, 0, 0], 1, 2), [], [0]).Should().BeApproximately(2 * Math.Log(2), 1e-15, "blank, blank");
        new CtcLoss().Sum(Shaped([0, 0], 1, 2), [1], [1], lengths: [0]).Should().Be(double.PositiveInfinity);
    }

    [Fact]
    public void Sum_ThousandsOfStepsAndHugeLogits_NeitherUnderflowsNorOverflows()
    {
        float[] logits = RandomValues.Uniform(new Random(2), 5000 * 20, 1e4f), gradient = new float[logits.Length];
        int[] labels = [.. Enumerable.Range(0, 1000).Select(n => 1 + (n * 7 % 19))];

        double loss = new CtcLoss().Sum(Shaped(logits, 1, 20), labels, [1000], gradient);

        loss.Should().BePositive().And.BeLessThan(5000 * 2e4);
        gradient.Should().OnlyContain(slope => Math.Abs(slope) <= 1);
        gradient.Chunk(20).Should().OnlyContain(step => Math.Abs(step.Sum()) < 1e-5);
    }

    [Fact]
    public void Sum_LogitNotFinite_IsNaN() =>
        new CtcLoss().Sum(Shaped([0, float.NaN, 0, 0], 1, 2), [1], [1]).Should().Be(double.NaN);

    [Fact]
    public void Sum_WithoutGradientAndWarm_GivesTheSameBitsAndAllocatesNothing()
    {
        float[] logits = RandomValues.Uniform(new Random(3), 30 * 2 * 5, 2), gradient = new float[logits.Length];
        CtcLoss loss = new();
        int[] labels = [1, 2, 2, 4, 3], labelLengths = [2, 3], lengths = [30, 17];
        double With() => loss.Sum(Shaped(logits, 2, 5), labels, labelLengths, gradient, lengths);
        double first = With();
        long before = GC.GetAllocatedBytesForCurrentThread();
        double again = With();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        again.Should().Be(first);
        allocated.Should().Be(0);
        loss.Sum(Shaped(logits, 2, 5), labels, labelLengths, lengths: lengths).Should().Be(first);
        gradient.Chunk(10).Skip(17).SelectMany(step => step[5..]).Should().OnlyContain(slope => slope == 0, "the second row has ended");
    }

    [Fact]
    public void Sum_WrongSizes_SaysWhoWhatExpectedActual()
    {
        float[] logits = new float[12];
        Throws(() => new CtcLoss(3).Sum(Shaped(logits, 2, 3), [], [0, 0]),
            "CtcLoss(blank 3): logits must have the shape [SequenceLength, BatchSize, Classes], with the blank 3 among the classes, but have [2, 2, 3].*");
        Throws(() => new CtcLoss().Sum(Shaped(logits, 2, 3), [1], [0, 0]),
            "CtcLoss(blank 0): labelLengths must hold one number of labels, 0 or more, for each of 2 rows, 1 together, but holds 2 numbers, 0 together.*");
        Throws(() => new CtcLoss().Sum(Shaped(logits, 2, 3), [1], [2, -1]), "*but holds a negative one.*");
        Throws(() => new CtcLoss().Sum(Shaped(logits, 2, 3), [1], [1]), "*but holds 1 numbers, 1 together.*");
        Throws(() => new CtcLoss().Sum(Shaped(logits, 2, 3), [1, 0], [1, 1]), "*classes from 0 to 2 other than the blank 0, but label 1 is 0.*");
        Throws(() => new CtcLoss().Sum(Shaped(logits, 2, 3), [1, 3], [1, 1]), "*but label 1 is 3.*");
        Throws(() => new CtcLoss().Sum(Shaped(logits, 2, 3), [1], [1, 0], new float[3]), "*gradient must hold 12 values*or none, but holds 3.*");
        Throws(() => new CtcLoss().Sum(Shaped(logits, 2, 3), [1], [1, 0], lengths: [2, 3]), "*from 0 to 2 for each of 2 rows, but that of row 1 is 3.*");
        Throws(() => new CtcLoss().Sum(Shaped(logits, 2, 3), [1], [1, 0], lengths: [2]), "*for each of 2 rows, but holds 1.*");
        Throws(() => new CtcLoss().Sum(Shaped(logits, 2, 3), [1], [1, 0], logits), "*must not overlap*");
        Throws(() => new CtcLoss().Sum(Shaped(logits, 2, 3), [1], [1, 0], divisor: 0), "*divisor must be positive*");
        FluentActions.Invoking(() => new CtcLoss(-1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("blank");
    }

    /// <summary>Each symbol lasts for a few noisy steps; only their order is known.</summary>
    [Fact]
    public void CustomLoop_SymbolsOfUnknownLength_LearnsToSpellThem()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 3).Lstm(16).Dense(4).Build(seed: 1);
        Random random = new(1);
        CtcLoss loss = new();
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        Adam optimizer = new(0.02f);
        double first = 0, last = 0;
        for (int step = 0; step < 120; step++)
        {
            (float[] inputs, int[] lengths, int[] labels) = Symbols(random, rows: 8);
            pass.Forward(new SequenceInput(new ReadOnlyTensorSpan<float>(inputs, [20, 8, 3]), lengths));
            float[] gradient = new float[pass.OutputValues.Length];
            last = loss.Sum(pass.Output, labels, [.. Enumerable.Repeat(3, 8)], gradient, lengths, divisor: 8) / 8;
            first = step == 0 ? last : first;
            gradients.Clear();
            pass.Backward(new ReadOnlyTensorSpan<float>(gradient, pass.Output.Lengths), gradients);
            optimizer.Step(model.Parameters, gradients);
        }

        first.Should().BeGreaterThan(3);
        last.Should().BeLessThan(0.3);
    }

    private static (float[] Inputs, int[] Lengths, int[] Labels) Symbols(Random random, int rows)
    {
        float[] inputs = RandomValues.Uniform(random, 20 * rows * 3, 0.1f);
        int[] lengths = new int[rows], labels = new int[3 * rows];
        for (int row = 0; row < rows; row++)
        {
            for (int symbol = 0; symbol < 3; symbol++)
            {
                int number = random.Next(3);
                labels[(3 * row) + symbol] = 1 + number;
                int end = lengths[row] + random.Next(3, 7);
                for (; lengths[row] < end - 1; lengths[row]++)
                {
                    inputs[(((lengths[row] * rows) + row) * 3) + number] += 1;
                }

                lengths[row] = end; // a silent step
            }
        }

        return (inputs, lengths, labels);
    }

    private static int[] Labels(Random random, int count, int classes, int blank) =>
        [.. Enumerable.Range(0, count).Select(_ => (blank + 1 + random.Next(classes - 1)) % classes)];

    private static ReadOnlyTensorSpan<float> Shaped(float[] logits, int rows, int classes) =>
        new(logits, [logits.Length / (rows * classes), rows, classes]);

    private static void Throws(Action action, string message) => action.Should().Throw<ArgumentException>().WithMessage(message);
}
