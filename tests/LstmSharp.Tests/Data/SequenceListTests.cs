using System.Numerics.Tensors;

namespace LstmSharp.Tests.Data;

public sealed class SequenceListTests
{
    private static readonly float[][] Arrays = [[1, 2, 3, 4], [], [5, 6]];

    [Fact]
    public void Of_ArraysTensorsAndSpans_HoldsTheSame()
    {
        SequenceList<float> ofArrays = SequenceList.Of(Arrays, size: 2);
        SequenceList<float> ofTensors = SequenceList.Of(Arrays.Select(array => Tensor.Create(array, [array.Length / 2, 2])));
        SequenceList<float> ofSpans = new(size: 2);
        foreach (float[] array in Arrays)
        {
            ofSpans.Add(array.AsSpan());
        }

        foreach (SequenceList<float> list in new[] { ofArrays, ofTensors, ofSpans })
        {
            list.Count.Should().Be(3);
            list.Size.Should().Be(2);
            Enumerable.Range(0, 3).Select(list.LengthOf).Should().Equal(2, 0, 1);
            Enumerable.Range(0, 3).Select(n => list[n].ToArray()).Should().BeEquivalentTo(Arrays, all => all.WithStrictOrdering());
            list.ToString().Should().Be("SequenceList(3 sequences, 3 steps of 2)");
        }
    }

    [Fact]
    public void Of_TransposedTensor_ReadsByIndex()
    {
        Tensor<float> transposed = Tensor.PermuteDimensions(Tensor.Create((float[])[1, 2, 3, 4, 5, 6], [2, 3]), [1, 0]);

        SequenceList.Of([transposed])[0].ToArray().Should().Equal(1, 4, 2, 5, 3, 6);
    }

    [Fact]
    public void OfSingleSteps_Values_MakesOneStepEach()
    {
        SequenceList<int> classes = SequenceList.OfSingleSteps<int>([7, 8, 9]);

        classes.Count.Should().Be(3);
        classes[1].ToArray().Should().Equal(8);
        SequenceList.OfSingleSteps<float>([1, 2, 3, 4], size: 2)[1].ToArray().Should().Equal(3, 4);
    }

    [Fact]
    public void Add_AfterTheDatasetWasMade_DoesNotChangeIt()
    {
        SequenceList<int> words = SequenceList.Of<int>([[1, 2], [3]]), classes = SequenceList.OfSingleSteps<int>([0, 1]);
        var dataset = new SequenceDataset(words, classes);

        words.Add([4, 5, 6]);
        classes.Add([1]);

        dataset.ToString().Should().Be("SequenceDataset(2 samples: 1..2 tokens => 1 classes)");
        int[] tokens = new int[4];
        dataset.CopyBatch([0, 1], tokens, new int[2]);
        tokens.Should().Equal(1, 3, 2, 0);
    }

    [Fact]
    public void WrongArguments_NameTheFault()
    {
        SequenceList<float> list = new(size: 2);

        Failing(() => list.Add([1, 2, 3])).Should().Be(
            "SequenceList(0 sequences, 0 steps of 2): sequence must hold a whole number of steps of 2 values, but holds 3. (Parameter 'sequence')");
        Failing(() => SequenceList.OfSingleSteps<float>([1, 2, 3], 2)).Should().Contain("whole number of steps of 2");
        Failing(() => SequenceList.Of(Array.Empty<Tensor<float>>())).Should().Contain("at least one tensor");
        Failing(() => SequenceList.Of([Tensor.Create(new float[2], [1, 2]), Tensor.Create(new float[3], [1, 3])])).Should().Be(
            "SequenceList: sequences must have the shape [steps, 2], but number 1 has [1, 3]. (Parameter 'sequences')");
        Failing(() => SequenceList.Of([Tensor.Create(new float[2], [2])])).Should().Contain("[steps, features], but number 0 has [2]");
        Failing(() => _ = new SequenceList<float>(0)).Should().Contain("size");
        Failing(() => list.LengthOf(0)).Should().Contain("index");
        Failing(() => list.LengthOf(-1)).Should().Contain("index");
    }

    private static string Failing(Action action) => action.Should().Throw<ArgumentException>().Which.Message;

    [Fact]
    public void Contiguous_AStream_BecomesRowsThatFollowEachOther()
    {
        float[] stream = [.. Enumerable.Range(0, 22)];

        SequenceList<float> rows = SequenceList.Contiguous<float>(stream, rows: 3, size: 2);

        var data = new SequenceDataset(rows, rows);
        data.ToString().Should().Be("SequenceDataset(3 samples: 3 × 2 => 3 × 2)");
        float[] batch = new float[18];
        data.CopyBatch([0, 1, 2], batch, new float[18]);
        batch.Should().Equal(0, 1, 6, 7, 12, 13, 2, 3, 8, 9, 14, 15, 4, 5, 10, 11, 16, 17);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(13)]
    public void Contiguous_NoRowsOrMoreThanSteps_IsRefused(int rows)
    {
        Action cut = () => SequenceList.Contiguous<float>(new float[24], rows, size: 2);
        cut.Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(rows));
    }

    [Fact]
    public void Contiguous_AStepCutInTwo_IsRefused()
    {
        Action cut = () => SequenceList.Contiguous<float>(new float[23], rows: 2, size: 2);
        cut.Should().Throw<ArgumentException>().WithMessage("*23*");
    }
}
