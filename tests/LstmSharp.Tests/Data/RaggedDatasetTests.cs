using System.Numerics.Tensors;
using CsCheck;

namespace LstmSharp.Tests.Data;

public sealed class RaggedDatasetTests
{
    private static readonly Gen<(int[] Lengths, int Size, int[] Picks)> AnyLengths =
        Gen.Select(Gen.Int[0, 9].Array[1, 12], Gen.Int[1, 4], Gen.Int[0, 1000].Array[0, 9]);

    [Fact]
    public void CopyBatch_AnyLengths_PadsWithZerosToTheLongestOfTheBatch() => AnyLengths.Sample(scene =>
    {
        (int[] lengths, int size, int[] picks) = scene;
        SequenceList<float> inputs = Coded(lengths, size), everyStep = Coded(lengths, 2);
        float[] once = [.. Enumerable.Range(0, lengths.Length).Select(n => n + 0.5f)];
        int[] samples = [.. picks.Select(pick => pick % lengths.Length)];
        int[] batchLengths = new int[samples.Length];

        foreach (SequenceList<float> targets in new[] { everyStep, SequenceList.OfSingleSteps<float>(once) })
        {
            var dataset = new SequenceDataset(inputs, targets);
            int longest = dataset.CopyLengths(samples, batchLengths);
            int targetSteps = samples.Length == 0 ? 0 : samples.Max(dataset.TargetLengthOf);
            float[] batch = Dirty(longest * samples.Length * size), batchTargets = Dirty(targetSteps * samples.Length * dataset.TargetSize);

            dataset.CopyBatch(samples, batch, batchTargets);

            longest.Should().Be(samples.Length == 0 ? lengths.Max() : samples.Max(sample => lengths[sample]));
            batchLengths.Should().Equal(samples.Select(sample => lengths[sample]));
            dataset.MaxSequenceLength.Should().Be(lengths.Max());
            batch.Should().Equal(Padded(inputs, samples, longest));
            batchTargets.Should().Equal(Padded(targets, samples, targetSteps));
        }
    });

    [Fact]
    public void CopyBatch_TokensAndClasses_GathersInts()
    {
        SequenceList<int> words = SequenceList.Of<int>([[5, 6, 7], [8], [9, 4]]);
        int[] tokens = new int[6], classes = new int[6], one = new int[2];
        float[] values = new float[4];

        new SequenceDataset(words, words).CopyBatch([2, 0], tokens, classes);
        tokens.Should().Equal(9, 5, 4, 6, 0, 7);
        classes.Should().Equal(tokens);
        new SequenceDataset(words, SequenceList.OfSingleSteps<int>([1, 2, 3])).CopyBatch([1, 2], new int[4], one);
        one.Should().Equal(2, 3);
        var dataset = new SequenceDataset(words, SequenceList.OfSingleSteps<float>([1, 2, 3, 4, 5, 6], size: 2));
        dataset.CopyBatch([1, 2], new int[4], values);
        values.Should().Equal(3, 4, 5, 6);
        (dataset.HasTokenInputs, dataset.HasClassTargets, dataset.InputSize, dataset.TargetSize, dataset.TargetLength).Should().Be((true, false, 1, 2, 1));
    }

    [Fact]
    public void CopyBatch_WarmRagged_AllocatesNothing()
    {
        var dataset = new SequenceDataset(Coded([3, 1, 5], 2), SequenceList.OfSingleSteps<int>([0, 1, 2]));
        int[] samples = [2, 1], classes = new int[2], lengths = new int[2];
        float[] inputs = new float[20];
        dataset.CopyBatch(samples, inputs, classes);
        dataset.CopyLengths(samples, lengths);

        long before = GC.GetAllocatedBytesForCurrentThread();
        dataset.CopyBatch(samples, inputs, classes);
        dataset.CopyLengths(samples, lengths);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void SequencesOfOneLength_TrainAsATensorDoes()
    {
        int[] lengths = [4, 4, 4, 4, 4, 4];
        SequenceList<float> list = Coded(lengths, 2);
        Tensor<float> tensor = Tensor.Create(Padded(list, [0, 1, 2, 3, 4, 5], 4), [4, 6, 2]);
        float[] answers = [0, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f];
        SequenceDataset[] data =
        [
            new(list, SequenceList.OfSingleSteps<float>(answers)),
            new(tensor, Tensor.Create(answers, [6, 1])),
            new SequenceDataset(Coded([1, 4, 4, 4, 4, 4, 4], 2, firstSample: -1), SequenceList.OfSingleSteps<float>([9, .. answers])).Subset(1..),
        ];

        float[][] weights = [.. data.Select(dataset =>
        {
            SequenceModel model = SequenceModel.Create(2).Lstm(3).TakeLast().Dense(1).Build(1);
            model.Fit(dataset, new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam(), Epochs = 3, BatchSize = 4 });
            return model.Parameters.SelectMany(parameter => parameter.Values.ToArray()).ToArray();
        })];

        weights[0].Should().Equal(weights[1]);
        weights[2].Should().Equal(weights[1]);
        data[0].Inputs.ToArray().Should().Equal(tensor.ToArray());
        data[0].SequenceLength.Should().Be(4);
    }

    [Fact]
    public void SeveralLengths_WhereOneIsNeeded_SayWhatToUse()
    {
        SequenceList<float> list = Coded([2, 5, 2], 3);
        var dataset = new SequenceDataset(list, list);

        dataset.ToString().Should().Be("SequenceDataset(3 samples: 2..5 × 3 => 2..5 × 3)");
        Invalid(() => _ = dataset.SequenceLength).Should().EndWith(": the sequences differ in length; use LengthOf or MaxSequenceLength.");
        Invalid(() => _ = dataset.TargetLength).Should().EndWith(": the targets differ in length; use TargetLengthOf or MaxTargetLength.");
        Invalid(() => _ = dataset.Inputs).Should().Contain("Inputs are of several lengths, which no tensor has; take batches with CopyBatch");
        Invalid(() => _ = dataset.Tokens).Should().Be("SequenceDataset: the inputs are values, not tokens; use Inputs.");
        SequenceDataset twos = dataset.Subset([0, 2]);
        (twos.IsRagged, twos.SequenceLength, twos.MaxSequenceLength, twos.TargetLength).Should().Be((false, 2, 2, 2));
        dataset.Subset(..0).Count.Should().Be(0);
        Failing(() => dataset.LengthOf(3)).Should().Contain("a sample must lie from 0 to 2");
        Failing(() => dataset.CopyLengths([0, 1], new int[3])).Should().Contain("lengths must hold 2 values");
        Failing(() => dataset.CopyBatch([0, 1], new float[12], new float[30])).Should().Contain("inputs must hold 30 values (5 steps × BatchSize 2 × 3 a step)");
    }

    [Fact]
    public void Fit_WhatTheModelCannotTake_IsRefusedInWords()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(2).TakeLast().Dense(1).Build(1);
        var options = new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam() };

        SequenceModel whole = SequenceModel.Create(3).Flatten(5).Dense(1).Build(1);
        Failing(() => whole.Fit(new SequenceDataset(Coded([2, 5], 3), SequenceList.OfSingleSteps<float>([1, 2])), options)).Should().Be(
            "Fit: training must have sequences of one length for Flatten(5 × 3 => 15), but SequenceDataset(2 samples: 2..5 × 3 => 1 × 1) has "
            + "several lengths. (Parameter 'training')");
        Failing(() => model.Fit(new SequenceDataset(SequenceList.Of<int>([[1], [2]]), SequenceList.OfSingleSteps<float>([1, 2])), options))
            .Should().Contain("values as inputs, but SequenceDataset(2 samples: 1 tokens => 1 × 1) has tokens");
    }

    [Fact]
    public void Constructor_TargetsThatDoNotFit_NameTheFault()
    {
        SequenceList<float> list = Coded([2, 5, 2], 3);

        Failing(() => _ = new SequenceDataset(list, SequenceList.OfSingleSteps<float>([1, 2]))).Should().Be(
            "SequenceDataset: targets must hold 3 sequences as inputs does, but holds 2. (Parameter 'targets')");
        Failing(() => _ = new SequenceDataset(list, Coded([2, 4, 2], 1))).Should().Be(
            "SequenceDataset: targets must hold one step for each sequence, or as many as the sequence has, but sequence 1 has 5 steps in inputs "
            + "and 4 in targets. (Parameter 'targets')");
        Failing(() => _ = new SequenceDataset(list, SequenceList.OfSingleSteps<int>([1, 2, 3, 4, 5, 6], size: 2))).Should().Contain("classes must hold one value a step, but holds 2");
        Failing(() => _ = new SequenceDataset(SequenceList.OfSingleSteps<int>([1, 2], size: 2), SequenceList.OfSingleSteps<float>([1]))).Should().Contain("tokens must hold one value a step");
    }

    private static SequenceList<float> Coded(int[] lengths, int size, int firstSample = 0) => SequenceList.Of(
        lengths.Select((length, n) => Enumerable.Range(0, length * size).Select(k => ((n + firstSample) * 0.1f) + (k * 0.01f) + 1).ToArray()), size);

    private static float[] Dirty(int count) => [.. Enumerable.Repeat(float.NaN, count)];

    private static float[] Padded(SequenceList<float> list, int[] samples, int steps) =>
    [
        .. from t in Enumerable.Range(0, steps)
           from sample in samples
           from k in Enumerable.Range(0, list.Size)
           select t < list.LengthOf(sample) ? list[sample][(t * list.Size) + k] : 0,
    ];

    private static string Failing(Action action) => action.Should().Throw<ArgumentException>().Which.Message;

    private static string Invalid(Action action) => action.Should().Throw<InvalidOperationException>().Which.Message;
}
