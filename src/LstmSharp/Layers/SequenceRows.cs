namespace LstmSharp;

/// <summary>A sequence as a layer sees it: row t · BatchSize + b holds time step t of row b of the batch.</summary>
internal unsafe struct SequenceRows
{
    public float* Data;

    /// <summary>The distance between two rows.</summary>
    public int Stride;

    public int SequenceLength;

    public int BatchSize;

    public int Width;

    /// <summary>Whether these steps follow those of the run before, so that states go on from where they are.</summary>
    public bool Continues;

    /// <summary>Rows side by side.</summary>
    public static SequenceRows Dense(float* data, int sequenceLength, int batchSize, int width) => new()
    {
        Data = data,
        Stride = width,
        SequenceLength = sequenceLength,
        BatchSize = batchSize,
        Width = width,
    };

    public readonly int Count => checked(SequenceLength * BatchSize);

    /// <summary>The first row of a time step.</summary>
    public readonly float* Step(int t) => Row(t * BatchSize);

    /// <summary>A row, counted through all time steps.</summary>
    public readonly float* Row(int row) => Data + ((nint)row * Stride);
}
