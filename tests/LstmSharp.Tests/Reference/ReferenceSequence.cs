namespace LstmSharp.Tests;

/// <summary>Values of shape [Length, BatchSize, Features], row-major: all rows of step 0, then all rows of step 1, and so on.</summary>
internal sealed class ReferenceSequence
{
    public ReferenceSequence(int length, int batchSize, int features)
        : this(length, batchSize, features, new double[length * batchSize * features])
    {
    }

    public ReferenceSequence(int length, int batchSize, int features, double[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, length * batchSize * features);
        (Length, BatchSize, Features, Values) = (length, batchSize, features, values);
    }

    public int Length { get; }

    public int BatchSize { get; }

    public int Features { get; }

    public double[] Values { get; }

    /// <summary>The features of row <paramref name="b"/> at step <paramref name="t"/>.</summary>
    public Span<double> Row(int t, int b) => Values.AsSpan((t * BatchSize + b) * Features, Features);

    /// <summary>A new sequence of this one's length and batch size, all zeros.</summary>
    public ReferenceSequence Zeros(int features) => new(Length, BatchSize, features);
}
