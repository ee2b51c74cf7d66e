using System.Numerics.Tensors;

namespace LstmSharp.Tests.Data;

public sealed class SequenceDatasetTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(5, 7, 3, 5, 2)]
    [InlineData(4, 13, 1, 1, 7)]
    [InlineData(3, 2, 17, 2, 1)]
    public void CopyBatch_AnyOrderWithRepeats_GathersTimeMajor(int steps, int count, int inputSize, int targetLength, int targetSize)
    {
        var dataset = new SequenceDataset(Coded(steps, count, inputSize), Coded(targetLength, count, targetSize));
        int[] samples = [count - 1, 0, count / 2, count - 1];
        float[] inputs = new float[steps * samples.Length * inputSize];
        float[] targets = new float[targetLength * samples.Length * targetSize];

        dataset.CopyBatch(samples, inputs, targets);

        inputs.Should().Equal(GatherNaively(steps, samples, inputSize));
        targets.Should().Equal(GatherNaively(targetLength, samples, targetSize));
    }

    [Fact]
    public void CopyBatch_Classes_GathersTimeMajor()
    {
        int[] classes = [10, 11, 12, 20, 21, 22];
        var dataset = new SequenceDataset(Coded(2, 3, 1), Tensor.Create(classes, [2, 3]));
        int[] gathered = new int[4];

        dataset.CopyBatch([2, 0], new float[4], gathered);

        gathered.Should().Equal(12, 10, 22, 20);
        dataset.HasClassTargets.Should().BeTrue();
        dataset.TargetLength.Should().Be(2);
        dataset.TargetSize.Should().Be(1);
    }

    [Fact]
    public void CopyBatch_Warm_AllocatesNothing()
    {
        var values = new SequenceDataset(Coded(5, 9, 3), Coded(1, 9, 2));
        var classes = new SequenceDataset(Coded(5, 9, 3), Tensor.Create(new int[9], [9]));
        int[] samples = [8, 1, 3];
        float[] inputs = new float[45], targets = new float[6];
        int[] labels = new int[3];
        values.CopyBatch(samples, inputs, targets);
        classes.CopyBatch(samples, inputs, labels);

        long before = GC.GetAllocatedBytesForCurrentThread();
        values.CopyBatch(samples, inputs, targets);
        classes.CopyBatch(samples, inputs, labels);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void Constructor_TargetsWithoutTime_MeanOneStep()
    {
        float[] rows = [1, 2, 3, 4, 5, 6];
        int[] labels = [7, 8, 9];

        var values = new SequenceDataset(Coded(4, 3, 2), Tensor.Create(rows, [3, 2]));
        var classes = new SequenceDataset(Coded(4, 3, 2), Tensor.Create(labels, [3]));

        values.Targets.Lengths.ToArray().Should().Equal(1, 3, 2);
        values.Targets[0, 2, 0].Should().Be(5);
        values.TargetLength.Should().Be(1);
        classes.Classes.Lengths.ToArray().Should().Equal(1, 3);
        classes.Classes[0, 1].Should().Be(8);
    }

    [Fact]
    public void Constructor_TransposedTensor_ReadsByIndex()
    {
        float[] batchMajor = [1, 2, 3, 4, 5, 6];
        var dataset = new SequenceDataset(Tensor.PermuteDimensions(Tensor.Create(batchMajor, [2, 3, 1]), [1, 0, 2]), Coded(1, 2, 1));
        float[] inputs = new float[3];

        dataset.CopyBatch([1], inputs, new float[1]);

        inputs.Should().Equal(4, 5, 6);
    }

    [Fact]
    public void Subset_Range_HoldsThoseSamples()
    {
        var dataset = new SequenceDataset(Coded(3, 10, 2), Coded(1, 10, 4));

        SequenceDataset subset = dataset.Subset(^4..9);

        subset.Count.Should().Be(3);
        float[] inputs = new float[18], targets = new float[12];
        subset.CopyBatch([0, 1, 2], inputs, targets);
        inputs.Should().Equal(GatherNaively(3, [6, 7, 8], 2));
        targets.Should().Equal(GatherNaively(1, [6, 7, 8], 4));
    }

    [Fact]
    public void Subset_ClassesAndEmptyRange_KeepShapes()
    {
        int[] labels = [5, 6, 7, 8];
        var dataset = new SequenceDataset(Coded(3, 4, 2), Tensor.Create(labels, [4]));

        dataset.Subset(1..3).Classes.ToArray().Should().Equal(6, 7);
        SequenceDataset empty = dataset.Subset(2..2);
        empty.Count.Should().Be(0);
        empty.Inputs.Lengths.ToArray().Should().Equal(3, 0, 2);
        empty.CopyBatch([], Span<float>.Empty, Span<int>.Empty);
    }

    [Fact]
    public void Subset_SamplesInAnyOrder_AreCopiedInThatOrder()
    {
        var dataset = new SequenceDataset(Coded(3, 10, 2), Coded(1, 10, 4));

        SequenceDataset subset = dataset.Subset([8, 0, 8]);

        subset.Inputs.ToArray().Should().Equal(GatherNaively(3, [8, 0, 8], 2));
        subset.Targets.ToArray().Should().Equal(GatherNaively(1, [8, 0, 8], 4));
        new SequenceDataset(Coded(3, 4, 2), Tensor.Create([5, 6, 7, 8], [4])).Subset([3, 1]).Classes.ToArray().Should().Equal(8, 6);
    }

    [Fact]
    public void Subset_OfASubset_ReadsTheFirstDataset()
    {
        var dataset = new SequenceDataset(Coded(3, 10, 2), Coded(1, 10, 4));

        SequenceDataset subset = dataset.Subset([8, 0, 5, 3]).Subset(1..);

        float[] inputs = new float[12], targets = new float[8];
        subset.CopyBatch([2, 0], inputs, targets);
        inputs.Should().Equal(GatherNaively(3, [3, 0], 2));
        targets.Should().Equal(GatherNaively(1, [3, 0], 4));
    }

    [Fact]
    public void Subset_OfLargeDataset_CopiesNoValues()
    {
        var dataset = new SequenceDataset(Coded(200, 100, 20), Coded(1, 100, 4));
        long before = GC.GetAllocatedBytesForCurrentThread();

        SequenceDataset subset = dataset.Subset(10..);
        subset.CopyBatch([0], new float[200 * 20], new float[4]);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(30_000);
    }

    [Fact]
    public void Inputs_OfASubset_AreMadeOnceAndWhatIsWrittenThereIsInTheBatches()
    {
        SequenceDataset subset = new SequenceDataset(Coded(3, 10, 2), Coded(1, 10, 4)).Subset([8, 0]);

        subset.Inputs.Should().BeSameAs(subset.Inputs);
        subset.Targets[0, 1, 3] = -5;

        float[] targets = new float[4];
        subset.CopyBatch([1], new float[6], targets);
        targets.Should().Equal(0, 1, 2, -5);
        subset.Subset([1]).Targets[0, 0, 3].Should().Be(-5);
    }

    [Fact]
    public void Subset_OutsideTheDataset_SaysSo()
    {
        var dataset = new SequenceDataset(Coded(1, 4, 1), Coded(1, 4, 1));
        foreach (Range range in new[] { 2..5, 3..2, ^5.., 5.. })
        {
            dataset.Invoking(d => d.Subset(range)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("samples")
                .WithMessage("SequenceDataset(4 samples: 1 × 1 => 1 × 1): samples must be a range within its 4 samples.*");
        }

        dataset.Invoking(d => d.Subset([0, 4])).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("samples")
            .WithMessage("*a sample must lie from 0 to 3.*");
        SequenceDataset large = new SequenceDataset(Tensor.CreateFromShape<float>([1, 1, 1 << 20]), Coded(1, 1, 1)).Subset(new int[2049]);
        large.Invoking(d => d.Inputs).Should().Throw<InvalidOperationException>().WithMessage(
            "SequenceDataset(2049 samples: 1 × 1048576 => 1 × 1): Inputs as one tensor must hold at most 2147483591 values, "
            + "but [1, 2049, 1048576] are more; take batches with CopyBatch, or a Subset's.");
    }

    [Fact]
    public void Constructor_WrongShapes_NameTheFault()
    {
        Failing(() => new SequenceDataset(Tensor.Create(new float[4], [2, 2]), Coded(1, 2, 1))).Should().Be(
            "SequenceDataset: inputs must have the shape [SequenceLength, Count, InputSize], but has [2, 2]. (Parameter 'inputs')");
        Failing(() => new SequenceDataset(Coded(2, 3, 1), Coded(1, 4, 1))).Should().Be(
            "SequenceDataset: targets must hold 3 samples as inputs does, but holds 4. (Parameter 'targets')");
        Failing(() => new SequenceDataset(Coded(2, 3, 1), Tensor.Create(new int[8], [2, 4]))).Should().Be(
            "SequenceDataset: classes must hold 3 samples as inputs does, but holds 4. (Parameter 'classes')");
        Failing(() => new SequenceDataset(Coded(2, 3, 1), Tensor.Create(new float[3], [3]))).Should().Contain("[Count, TargetSize]");
        Failing(() => new SequenceDataset(Coded(2, 3, 1), Tensor.Create(new int[3], [1, 3, 1]))).Should().Contain("[TargetLength, Count]");
        Failing(() => new SequenceDataset(Coded(0, 3, 1), Coded(1, 3, 1))).Should().Contain("SequenceLength of inputs");
        Failing(() => new SequenceDataset(Coded(1, 3, 0), Coded(1, 3, 1))).Should().Contain("InputSize of inputs");
        Failing(() => new SequenceDataset(Coded(1, 3, 1), Coded(0, 3, 1))).Should().Contain("TargetLength of targets");
    }

    [Fact]
    public void Constructor_MoreValuesThanAnArrayHolds_NamesShapeAndLimit()
    {
        Tensor<float> large = Tensor.Create(new float[1], [3, 1_000_000_000, 1], [0, 0, 0]);
        Tensor<int> largeClasses = Tensor.Create(new int[1], [3, 1_000_000_000], [0, 0]);

        Failing(() => new SequenceDataset(large, Coded(1, 1, 1))).Should().Be(
            "SequenceDataset: inputs must hold at most 2147483591 values, but has the shape [3, 1000000000, 1]. (Parameter 'inputs')");
        Failing(() => new SequenceDataset(Coded(1, 1, 1), large)).Should().Contain("targets must hold at most");
        Failing(() => new SequenceDataset(Coded(1, 1, 1), largeClasses)).Should().Contain("classes must hold at most");
    }

    [Fact]
    public void CopyBatch_WrongSpans_NameTheFault()
    {
        var dataset = new SequenceDataset(Coded(2, 3, 5), Coded(1, 3, 4));

        Failing(() => dataset.CopyBatch([0], new float[9], new float[4])).Should().Be(
            "SequenceDataset(3 samples: 2 × 5 => 1 × 4): inputs must hold 10 values (2 steps × BatchSize 1 × 5 a step), "
            + "but holds 9. (Parameter 'inputs')");
        Failing(() => dataset.CopyBatch([0], new float[10], new float[5])).Should().Contain("targets must hold 4 values");
        Failing(() => dataset.CopyBatch([3], new float[10], new float[4])).Should().Contain("from 0 to 2");
        Failing(() => dataset.CopyBatch([-1], new float[10], new float[4])).Should().Contain("from 0 to 2");
    }

    [Fact]
    public void Targets_OfTheOtherKind_SayWhatToUse()
    {
        var values = new SequenceDataset(Coded(1, 2, 1), Coded(1, 2, 1));
        var classes = new SequenceDataset(Coded(1, 2, 1), Tensor.Create(new int[2], [2]));

        new Action(() => _ = values.Classes).Should().Throw<InvalidOperationException>().WithMessage("*use Targets.");
        new Action(() => _ = classes.Targets).Should().Throw<InvalidOperationException>().WithMessage("*use Classes.");
        new Action(() => values.CopyBatch([0], new float[1], new int[1])).Should().Throw<InvalidOperationException>();
        new Action(() => classes.CopyBatch([0], new float[1], new float[1])).Should().Throw<InvalidOperationException>();
    }

    private static string Failing(Func<object> make) => Failing(new Action(() => make()));

    private static string Failing(Action action) => action.Should().Throw<ArgumentException>().Which.Message;

    /// <summary>A tensor whose every value tells its own position.</summary>
    private static Tensor<float> Coded(int steps, int count, int size)
    {
        Tensor<float> tensor = Tensor.CreateFromShape<float>([steps, count, size]);
        for (int t = 0; t < steps; t++)
        {
            for (int n = 0; n < count; n++)
            {
                for (int k = 0; k < size; k++)
                {
                    tensor[t, n, k] = Code(t, n, k);
                }
            }
        }

        return tensor;
    }

    private static float Code(int step, int sample, int feature) => (step * 1000) + (sample * 20) + feature;

    private static List<float> GatherNaively(int steps, int[] samples, int size)
    {
        List<float> expected = [];
        for (int t = 0; t < steps; t++)
        {
            foreach (int sample in samples)
            {
                for (int k = 0; k < size; k++)
                {
                    expected.Add(Code(t, sample, k));
                }
            }
        }

        return expected;
    }
}
