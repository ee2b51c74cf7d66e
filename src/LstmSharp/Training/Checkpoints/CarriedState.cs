namespace LstmSharp;

/// <summary>The states between two windows of a batch as tensors of a checkpoint: <c>carried.0.Hidden</c>, <c>carried.0.Cell</c> and so
/// on, shape [BatchSize, HiddenSize], in the order of the recurrent layers.</summary>
internal static class CarriedState
{
    /// <summary>Copies of the states; none of no state.</summary>
    public static IEnumerable<NamedTensor> TensorsOf(ModelState? state)
    {
        foreach ((string name, int part, CellState cell) in PartsOf(state))
        {
            Parameter tensor = Like(name, cell);
            tensor.CopyFrom(Values(cell, part));
            yield return new NamedTensor(name, tensor);
        }
    }

    /// <summary>Reads as many values as a state has; none for no state.</summary>
    /// <exception cref="ModelFileException">The file has no such tensors.</exception>
    public static List<float[]> Read(CheckpointFile file, ModelState? state) =>
        [.. PartsOf(state).Select(part => file.Read(part.Name, Like(part.Name, part.Cell)))];

    /// <summary>Writes into a state what was read.</summary>
    public static void Write(List<float[]> values, ModelState? state)
    {
        foreach ((int n, (_, int part, CellState cell)) in PartsOf(state).Index())
        {
            values[n].CopyTo(Values(cell, part));
        }
    }

    private static Parameter Like(string name, CellState cell) => new(name, cell.BatchSize, cell.HiddenSize);

    private static Span<float> Values(CellState cell, int part) => part == 0 ? cell.Hidden : cell.CellValues;

    private static IEnumerable<(string Name, int Part, CellState Cell)> PartsOf(ModelState? state)
    {
        foreach ((int n, CellState cell) in (state ?? Enumerable.Empty<CellState>()).Index())
        {
            yield return ($"carried.{n}.Hidden", 0, cell);
            if (!cell.CellValues.IsEmpty)
            {
                yield return ($"carried.{n}.Cell", 1, cell);
            }
        }
    }
}
