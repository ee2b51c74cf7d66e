namespace LstmSharp;

/// <summary>Where a run of training stands, apart from what its finished epochs came to.</summary>
/// <param name="Epoch">The current epoch, from 1, or the last one that was finished; 0 before the first.</param>
/// <param name="Batch">How many of its batches are done.</param>
/// <param name="Totals">Its sums so far.</param>
/// <param name="EpochTime">The time spent on it.</param>
/// <param name="LearningRate">The learning rate of the next batch.</param>
internal sealed record TrainingPosition(int Epoch, int Batch, EpochTotals Totals, TimeSpan EpochTime, float LearningRate)
{
    /// <summary>The longest time that an epoch is believed to have taken: 68 years, of which many can be added.</summary>
    private const long MaxMilliseconds = 1000L * int.MaxValue;

    public SortedDictionary<string, string> ToState() => new(StringComparer.Ordinal)
    {
        ["epoch"] = StateText.Of(Epoch),
        ["batch"] = StateText.Of(Batch),
        ["totals"] = StateText.Of(Totals.ToNumbers()),
        ["epochMilliseconds"] = StateText.Of(Math.Floor(EpochTime.TotalMilliseconds)),
        ["learningRate"] = StateText.Of(LearningRate),
    };

    /// <summary>Reads what <see cref="ToState"/> wrote.</summary>
    /// <param name="state">The state.</param>
    /// <param name="finished">How many epochs are finished.</param>
    /// <param name="context">The run that shall go on.</param>
    /// <exception cref="ModelFileException">The state makes no sense.</exception>
    /// <exception cref="ArgumentException">The run has fewer epochs.</exception>
    public static TrainingPosition Read(StateReader state, int finished, TrainingContext context)
    {
        int epoch = (int)state.Count("epoch", finished, finished + 1L);
        int batches = epoch == 0 ? 0 : context.Batches;
        int batch = (int)state.Count("batch", epoch == finished ? batches : 0, batches);
        var totals = EpochTotals.FromNumbers(state.Numbers("totals", EpochTotals.NumberCount));
        TimeSpan time = TimeSpan.FromMilliseconds(state.Count("epochMilliseconds", 0, MaxMilliseconds));
        float learningRate = (float)state.Number("learningRate");
        if (totals.Batches != batch || !float.IsFinite(learningRate) || learningRate < 0)
        {
            throw CheckpointFile.Damaged(
                state.Source, "the state", "one with sums of its batches and a learning rate that is not negative", "another");
        }

        return epoch <= context.Epochs
            ? new TrainingPosition(epoch, batch, totals, time, learningRate)
            : throw CheckpointFile.OfAnotherRun(state.Source, $"Epochs must be at least {epoch}, where it stands, but is {context.Epochs}");
    }
}
