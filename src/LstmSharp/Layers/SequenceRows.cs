namespace LstmSharp;

/// <summary>A sequence as a layer sees it: row First(t) + b holds time step t of row b of the batch.</summary>
internal unsafe struct SequenceRows
{
    public float* Data;

    /// <summary>The distance between two rows.</summary>
    public int Stride;

    public int Width;

    /// <summary>Which rows live at which step.</summary>
    public StepTable Steps;

    public readonly int SequenceLength => Steps.Length;

    public readonly int BatchSize => Steps.BatchSize;

    public readonly int Count => Steps.Count;

    /// <summary>The first row of a time step.</summary>
    public readonly float* Step(int t) => Row(Steps.First(t));

    /// <summary>A row, counted through all time steps.</summary>
    public readonly float* Row(int row) => Data + ((nint)row * Stride);

    /// <summary>The values of a row, counted through all time steps.</summary>
    public readonly Span<float> Values(int row) => new(Row(row), Width);
}
