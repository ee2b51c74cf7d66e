namespace LstmSharp;

/// <summary>A sequence as a layer sees it: row t · BatchSize + b holds time step t of row b of the batch.</summary>
internal readonly unsafe struct SequenceRows
{
    public float* Data { get; init; }

    /// <summary>The distance between two rows.</summary>
    public int Stride { get; init; }

    public int SequenceLength { get; init; }

    public int BatchSize { get; init; }

    public int Width { get; init; }

    /// <summary>Rows side by side.</summary>
    public static SequenceRows Dense(float* data, int sequenceLength, int batchSize, int width) => new()
    {
        Data = data,
        Stride = width,
        SequenceLength = sequenceLength,
        BatchSize = batchSize,
        Width = width,
    };

    public int Count => checked(SequenceLength * BatchSize);

    /// <summary>The first row of a time step.</summary>
    public float* Step(int t) => Row(t * BatchSize);

    /// <summary>A row, counted through all time steps.</summary>
    public float* Row(int row) => Data + ((nint)row * Stride);
}
