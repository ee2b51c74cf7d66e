namespace LstmSharp;

/// <summary>A layer with weights at its place in a model.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Path">Its place: its position behind those of the layers around it, as its parameters' names begin.</param>
/// <param name="InputSize">The number of its inputs.</param>
internal sealed record PlacedLayer(LayerDescription Layer, string Path, long InputSize)
{
    /// <summary>The place of the list that it stands in.</summary>
    public string Outer => Path[..(Path.LastIndexOf('.') + 1)];

    /// <summary>The tensors that hold its weights.</summary>
    /// <param name="place">Its place among PyTorch's modules.</param>
    public ModelTensor[] Tensors(LayerPlace place) => Layer.Tensors(new TensorNames(place, Path), InputSize);

    /// <summary>Whether one nn.RNN or nn.LSTM can hold this layer behind another, the one before of <see cref="LayerPlaces.All"/>.</summary>
    public bool CanStackOn(PlacedLayer other) => Outer == other.Outer && Layer.CanStackOn(other.Layer);
}

/// <summary>The layers of a model one after the other, those inside others in their place; sizes are checked.</summary>
/// <param name="source">What error messages begin with.</param>
internal sealed class LayerPlaces(string source)
{
    private readonly List<PlacedLayer> _all = [];

    /// <summary>The layers that are not made of others.</summary>
    public IReadOnlyList<PlacedLayer> All => _all;

    /// <summary>Adds a layer that is not made of others.</summary>
    public void Add(PlacedLayer layer) => _all.Add(layer);

    /// <summary>Adds layers of which each takes what the one before gives.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="outer">The place of the layer that they are inside; null for those of the model itself.</param>
    /// <param name="inputSize">The number of inputs of the first one.</param>
    /// <param name="firstPlace">The place of the first one.</param>
    /// <returns>The number of outputs of the last one.</returns>
    /// <exception cref="ModelFileException">A layer's output would not fit into one array.</exception>
    public long AddAll(IReadOnlyList<LayerDescription> layers, string? outer, long inputSize, int firstPlace = 0)
    {
        for (int n = 0; n < layers.Count; n++)
        {
            string path = LayerListReader.PathOf(outer, firstPlace + n);
            inputSize = layers[n].Place(this, path, inputSize);
            if (inputSize > Array.MaxLength)
            {
                throw Fault($"the number of outputs of layer {path}", $"at most {Array.MaxLength}", $"{inputSize}");
            }
        }

        return inputSize;
    }

    /// <summary>What a layer must be, and is not.</summary>
    public ModelFileException Fault(string what, string expected, string actual) => new(source, what, expected, actual);
}
