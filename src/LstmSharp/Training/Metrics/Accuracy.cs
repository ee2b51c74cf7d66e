namespace LstmSharp;

/// <summary>The share of rows whose likeliest class is the target, from 0 to 1.</summary>
public sealed class Accuracy : ClassMetric
{
    /// <summary>How many rows were right.</summary>
    public long Right { get; private set; }

    /// <summary>How many rows were counted: those whose target is not ignored.</summary>
    public long Total { get; private set; }

    /// <inheritdoc/>
    public override double Value => Total == 0 ? double.NaN : (double)Right / Total;

    /// <inheritdoc/>
    public override bool LargerIsBetter => true;

    /// <inheritdoc/>
    public override void Reset() => (Right, Total) = (0, 0);

    private protected override void Count(int target, int predicted)
    {
        Right += target == predicted ? 1 : 0;
        Total++;
    }
}
