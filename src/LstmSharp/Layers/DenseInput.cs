namespace LstmSharp;

/// <summary>A batch as it lies in users' memory, checked: [SequenceLength, BatchSize, InputSize], row-major.</summary>
/// <param name="data">The first value.</param>
/// <param name="sequenceLength">The number of time steps T.</param>
/// <param name="batchSize">The number of rows B.</param>
/// <param name="lengths">Each row's steps, from 0 to T; empty where all have T.</param>
internal readonly unsafe ref struct DenseInput(float* data, int sequenceLength, int batchSize, ReadOnlySpan<int> lengths)
{
    public float* Data { get; } = data;

    public int SequenceLength { get; } = sequenceLength;

    public int BatchSize { get; } = batchSize;

    public ReadOnlySpan<int> Lengths { get; } = lengths;

    /// <summary>The step of training; null where the run predicts.</summary>
    public TrainingRows? Training { get; init; }
}
