using System.Text.Json;

namespace LstmSharp;

/// <summary>One layer as a model file tells of it. A kind of layers is a record of this type, with the settings that its files hold, and
/// its entry in <see cref="LayerKind.All"/>.</summary>
internal abstract record LayerDescription
{
    /// <summary>The entry.</summary>
    public abstract LayerKind Kind { get; }

    /// <summary>How many layers it comes to in the model, those inside among them.</summary>
    public virtual long Count => 1;

    /// <summary>Whether every step that enters the layer leaves it.</summary>
    public virtual bool IsStepwise => true;

    /// <summary>Whether the layer takes tokens, and so must be a model's first.</summary>
    public virtual bool TakesTokens => false;

    /// <summary>Whether PyTorch can stack the layer on another in one module.</summary>
    public virtual bool CanStackOn(LayerDescription other) => false;

    /// <summary>Writes the settings into the layer's object, behind its kind.</summary>
    public virtual void Write(Utf8JsonWriter json)
    {
    }

    /// <summary>Puts the layer, or the layers that it is made of, among those that have a place in PyTorch's modules.</summary>
    /// <returns>The number of its outputs.</returns>
    /// <exception cref="ModelFileException">The layer does not fit its place.</exception>
    public virtual long Place(LayerPlaces places, string path, long inputSize)
    {
        places.Add(new PlacedLayer(this, path, inputSize));
        return OutputSizeFor(inputSize);
    }

    /// <summary>The number of outputs that the layer makes of so many inputs.</summary>
    public virtual long OutputSizeFor(long inputSize) => inputSize;

    /// <summary>The tensors that hold the layer's weights.</summary>
    /// <param name="names">What their names begin with.</param>
    /// <param name="inputSize">The number of the layer's inputs.</param>
    public virtual ModelTensor[] Tensors(TensorNames names, long inputSize) => [];

    /// <summary>Adds the layer to a model.</summary>
    public abstract void AddTo(SequenceModelBuilder builder);
}
