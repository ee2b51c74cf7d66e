namespace LstmSharp.Kernels;

/// <summary>A few rows of a product against one panel: result = initial + left · panel.</summary>
internal unsafe struct Tile
{
    public float* Left;
    public nint LeftStride;
    public int Depth;
    public float* Panel;
    public float* Initial;
    public nint InitialStride;
    public float* Result;
    public nint ResultStride;
    public nint VectorStride;

    /// <summary>Moves on to the rows below.</summary>
    public void AdvanceRows(int rows)
    {
        Left += rows * LeftStride;
        Initial += rows * InitialStride;
        Result += rows * ResultStride;
    }

    /// <summary>The same rows against the third and fourth vector of the panel.</summary>
    public readonly Tile SecondHalf(int lanes)
    {
        Tile half = this;
        half.Panel += 2 * lanes;
        half.Initial += 2 * VectorStride;
        half.Result += 2 * VectorStride;
        return half;
    }
}
