namespace LstmSharp.Tests.Training;

public sealed class EpochBatchesTests
{
    [Fact]
    public void Shuffle_ThreeSamplesOften_GivesEveryOrder()
    {
        EpochBatches batches = new(TrainingScene.LstmModel(), TrainingScene.Means(3), batchSize: 3, trains: false);
        Dictionary<string, int> orders = [];

        for (int n = 0; n < 600; n++)
        {
            batches.Shuffle(seed: 1, epoch: n);
            string order = string.Join(' ', batches.Load(0).Samples.ToArray());
            orders[order] = orders.GetValueOrDefault(order) + 1;
        }

        orders.Should().HaveCount(6);
        orders.Values.Should().OnlyContain(count => count > 60 && count < 140, "every order is as likely");
    }

    [Fact]
    public void Shuffle_SequencesOfDifferentLength_GivesEveryOrderOfBatches()
    {
        EpochBatches batches = new(TrainingScene.LstmModel(), OfLengthsTo(3), batchSize: 1, trains: false);

        HashSet<string> orders = [.. Enumerable.Range(0, 100).Select(epoch => OrderOf(batches, epoch))];

        orders.Should().HaveCount(6, "sorting by length is not to decide which batch comes first");
    }

    [Fact]
    public void Shuffle_SequencesOfDifferentLength_LeavesAnyOfThemForTheLastSmallBatch()
    {
        EpochBatches batches = new(TrainingScene.LstmModel(), OfLengthsTo(5), batchSize: 2, trains: false);

        HashSet<char> last = [.. Enumerable.Range(0, 100).Select(epoch => OrderOf(batches, epoch)[^1])];

        last.Should().HaveCount(5, "the samples that fill no batch are drawn, not the longest");
    }

    [Fact]
    public void Shuffle_WindowAsLongAsTheLongestSequence_GivesTheOrderWithoutWindows()
    {
        SequenceDataset data = OfLengthsTo(7);
        SequenceModel model = TrainingScene.LstmModel();
        EpochBatches whole = new(model, data, batchSize: 2, trains: false);
        EpochBatches inOneWindow = new(model, data, batchSize: 2, trains: false, window: 7);

        for (int epoch = 0; epoch < 10; epoch++)
        {
            OrderOf(inOneWindow, epoch).Should().Be(OrderOf(whole, epoch));
        }
    }

    [Theory]
    [InlineData(7, 3, "0 1 2|3 4 5|6")]
    [InlineData(6, 3, "0 1 2|3 4 5")]
    [InlineData(2, 32, "0 1")]
    public void Load_EveryBatch_CoversTheSamplesInOrder(int count, int batchSize, string expected)
    {
        EpochBatches batches = new(TrainingScene.LstmModel(), TrainingScene.Means(count), batchSize, trains: false);

        IEnumerable<string> loaded = Enumerable.Range(0, batches.Count).Select(n => string.Join(' ', batches.Load(n).Samples.ToArray()));

        string.Join('|', loaded).Should().Be(expected);
    }

    /// <summary>Sequences of 1, 2, 3… steps.</summary>
    private static SequenceDataset OfLengthsTo(int count) => new(
        SequenceList.Of([.. Enumerable.Range(1, count).Select(length => new float[length])]),
        SequenceList.OfSingleSteps<float>(new float[count]));

    private static string OrderOf(EpochBatches batches, int epoch)
    {
        batches.Shuffle(seed: 1, epoch);
        return string.Join('|', Enumerable.Range(0, batches.Count).Select(n => string.Join(' ', batches.Load(n).Samples.ToArray())));
    }
}
