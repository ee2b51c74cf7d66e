namespace LstmSharp.Samples.Gates;

/// <summary>Keep a value until it is asked for: at a step flagged "store" remember that step's value, at a step flagged "recall" say the
/// value stored last, at all others say 0. A value comes at every step, so most are to be ignored.</summary>
public static class RecallTask
{
    public const int SequenceLength = 30;

    /// <summary>What a step's input is made of.</summary>
    public const int Value = 0, StoreFlag = 1, RecallFlag = 2, InputSize = 3;

    /// <summary>Draws sequences: two steps store, one after both recalls, and in half of them one between the two recalls as well.</summary>
    public static SequenceDataset Draw(int count, Random random)
    {
        var sequences = new SequenceDraft(count, random);
        for (int row = 0; row < count; row++)
        {
            int first = random.Next(2, 10), second = random.Next(10, 18);
            sequences.Store(row, first);
            if (random.Next(2) == 0)
            {
                sequences.Recall(row, random.Next(first + 1, second));
            }

            sequences.Store(row, second);
            sequences.Recall(row, random.Next(19, 29));
        }

        return sequences.ToDataset();
    }

    /// <summary>Draws sequences that ask at the last step for what was stored at the first.</summary>
    public static SequenceDataset DrawLongestLag(int count, Random random)
    {
        var sequences = new SequenceDraft(count, random);
        for (int row = 0; row < count; row++)
        {
            sequences.Store(row, 0);
            sequences.Recall(row, SequenceLength - 1);
        }

        return sequences.ToDataset();
    }
}
