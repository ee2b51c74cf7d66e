namespace LstmSharp;

/// <summary>What the names of a layer's weights begin with.</summary>
/// <param name="Place">The layer's place among PyTorch's modules: of its tensors.</param>
/// <param name="Path">The layer's place in the model: of its parameters.</param>
internal readonly record struct TensorNames(LayerPlace Place, string Path)
{
    /// <summary>What the names of a recurrent layer's tensors end with: <c>_reverse</c> of a backward direction.</summary>
    public string Suffix { get; init; } = string.Empty;

    /// <summary>One tensor of the layer.</summary>
    /// <param name="name">What PyTorch calls it.</param>
    /// <param name="parameter">What the layer calls it.</param>
    /// <param name="shape">The sizes, outermost first.</param>
    public ModelTensor Tensor(string name, string parameter, params long[] shape) =>
        new(Place.Prefix + name, shape, $"{Path}.{parameter}");
}
