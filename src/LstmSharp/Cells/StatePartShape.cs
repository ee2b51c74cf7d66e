namespace LstmSharp;

/// <summary>The name of one part of a cell's state, and how many values a row of it has.</summary>
internal readonly record struct StatePartShape(string Name, int Size)
{
    /// <summary>The hidden state, the first part of every state.</summary>
    public static StatePartShape Hidden(int size) => new(nameof(CellState.Hidden), size);

    /// <summary>The memory cell.</summary>
    public static StatePartShape Cell(int size) => new(nameof(LstmState.Cell), size);
}
