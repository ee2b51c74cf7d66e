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
}
