namespace LstmSharp;

/// <summary>The states between two windows of a batch as tensors of a checkpoint: <c>carried.0.Hidden</c>, <c>carried.0.Cell</c> and so
/// on, shape [BatchSize, size], in the order of the recurrent layers.</summary>
internal static class CarriedState
{
    /// <summary>Copies of the states; none of no state.</summary>
    public static IEnumerable<NamedTensor> TensorsOf(ModelState? state)
    {
        foreach ((Parameter tensor, CellStatePart part) in PartsOf(state))
        {
            tensor.CopyFrom(part.Values);
            yield return new NamedTensor(tensor.Name, tensor);
        }
    }

    /// <summary>Reads as many values as a state has; none for no state.</summary>
    /// <exception cref="ModelFileException">The file has no such tensors.</exception>
    public static List<float[]> Read(CheckpointFile file, ModelState? state) =>
        [.. PartsOf(state).Select(part => file.Read(part.Tensor.Name, part.Tensor))];

    /// <summary>Writes into a state what was read.</summary>
    public static void Write(List<float[]> values, ModelState? state)
    {
        foreach ((int n, (_, CellStatePart part)) in PartsOf(state).Index())
        {
            values[n].CopyTo(part.Values);
        }
    }

    private static IEnumerable<(Parameter Tensor, CellStatePart Part)> PartsOf(ModelState? state) =>
        from cell in (state ?? Enumerable.Empty<CellState>()).Index()
        from part in cell.Item.Parts
        select (new Parameter($"carried.{cell.Index}.{part.Name}", cell.Item.BatchSize, part.Size), part);
}
