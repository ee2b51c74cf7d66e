namespace LstmSharp;

/// <summary>All that a checkpoint holds.</summary>
/// <param name="Architecture">The model's layers, as JSON.</param>
/// <param name="Texts">Options, place and callbacks' states.</param>
/// <param name="Tensors">Weights, moments and history: those of the run itself, which change as it goes on.</param>
internal sealed record CheckpointContent(string Architecture, CheckpointTexts Texts, IReadOnlyList<NamedTensor> Tensors)
{
    /// <summary>Writes a whole checkpoint or, where that fails, nothing.</summary>
    public void Write(string path) => CheckpointFile.Write(path, Architecture, Texts, Tensors);

    /// <summary>The same as it is now, whatever becomes of the run.</summary>
    public CheckpointContent Copy() => this with { Tensors = [.. Tensors.Select(Copy)] };

    private static NamedTensor Copy(NamedTensor tensor)
    {
        Parameter copy = tensor.Parameter.CreateZeros();
        copy.CopyFrom(tensor.Parameter.Values);
        return tensor with { Parameter = copy };
    }
}
