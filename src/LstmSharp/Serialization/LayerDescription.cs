namespace LstmSharp;

/// <summary>The kinds of layers as a model file names them. The names are part of the format.</summary>
internal enum LayerKind
{
    VanillaRnn,
    Lstm,
    Dense,
    TakeLast,
    Flatten,
    Embedding,
}

/// <summary>One layer as a model file tells of it.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Size">The hidden size, the output size, or for Flatten the sequence length; 0 for TakeLast.</param>
/// <param name="Activation">The activation; Identity for layers that have none.</param>
internal sealed record LayerDescription(LayerKind Kind, int Size, Activation Activation)
{
    /// <summary>The number of tokens of an embedding; 0 for other layers.</summary>
    public int VocabularySize { get; init; }

    /// <summary>The padding token of an embedding that has one.</summary>
    public int? PaddingToken { get; init; }

    /// <summary>The key under which a kind's size stands in the file; null where it has none.</summary>
    public static string? SizeKeyOf(LayerKind kind) => kind switch
    {
        LayerKind.VanillaRnn or LayerKind.Lstm => "hiddenSize",
        LayerKind.Dense or LayerKind.Embedding => "outputSize",
        LayerKind.Flatten => "sequenceLength",
        _ => null,
    };

    public static bool HasActivation(LayerKind kind) => kind is LayerKind.VanillaRnn or LayerKind.Dense;

    /// <summary>Describes a layer of a model.</summary>
    /// <exception cref="NotSupportedException">The format has no name for the layer.</exception>
    public static LayerDescription Of(Layer layer) => layer switch
    {
        RecurrentLayer { Cell: VanillaRnnCell cell } => new(LayerKind.VanillaRnn, cell.HiddenSize, cell.Activation),
        RecurrentLayer { Cell: LstmCell cell } => new(LayerKind.Lstm, cell.HiddenSize, Activation.Identity),
        DenseLayer dense => new(LayerKind.Dense, dense.OutputSize, dense.Activation),
        EmbeddingLayer embedding => new(LayerKind.Embedding, embedding.OutputSize, Activation.Identity)
        {
            VocabularySize = embedding.VocabularySize,
            PaddingToken = embedding.PaddingToken,
        },
        TakeLastLayer => new(LayerKind.TakeLast, 0, Activation.Identity),
        FlattenLayer flatten => new(LayerKind.Flatten, flatten.SequenceLength, Activation.Identity),
        _ => throw new NotSupportedException($"ModelFile: the model file format has no name for the layer {layer}."),
    };

    /// <summary>The number of outputs that the layer makes of so many inputs.</summary>
    public long OutputSizeFor(long inputSize) => Kind switch
    {
        LayerKind.TakeLast => inputSize,
        LayerKind.Flatten => inputSize * Size,
        _ => Size,
    };

    /// <summary>Whether the layer has weights.</summary>
    public bool HasWeights => IsRecurrent || Kind is LayerKind.Dense or LayerKind.Embedding;

    /// <summary>Whether PyTorch can stack the layer with others in one module.</summary>
    public bool IsRecurrent => Kind is LayerKind.VanillaRnn or LayerKind.Lstm;

    /// <summary>The tensors that hold the layer's weights.</summary>
    /// <param name="place">The layer's place among PyTorch's modules.</param>
    /// <param name="position">The layer's position in the model, which its parameters' names begin with.</param>
    /// <param name="inputSize">The number of its inputs.</param>
    public ModelTensor[] Tensors(LayerPlace place, int position, long inputSize)
    {
        long rows = (Kind == LayerKind.Lstm ? LstmCell.Gates : 1) * (long)Size;
        ModelTensor Tensor(string name, string parameter, params long[] shape) =>
            new(place.Prefix + name, shape, $"{LayerPlace.AtPosition(position).Prefix}{parameter}");
        return Kind switch
        {
            LayerKind.VanillaRnn or LayerKind.Lstm =>
            [
                Tensor($"weight_ih_l{place.Level}", nameof(RecurrentCell.InputWeights), rows, inputSize),
                Tensor($"weight_hh_l{place.Level}", nameof(RecurrentCell.RecurrentWeights), rows, Size),
                Tensor($"bias_ih_l{place.Level}", nameof(RecurrentCell.Bias), rows),
                Tensor($"bias_hh_l{place.Level}", nameof(RecurrentCell.Bias), rows) with { IsSecondBias = true },
            ],
            LayerKind.Dense =>
            [
                Tensor("weight", nameof(DenseLayer.Weights), rows, inputSize),
                Tensor("bias", nameof(DenseLayer.Bias), rows),
            ],
            LayerKind.Embedding => [Tensor("weight", nameof(EmbeddingLayer.Weights), VocabularySize, Size)],
            _ => [],
        };
    }

    /// <summary>Adds the layer to a model.</summary>
    public void AddTo(SequenceModelBuilder builder) => _ = Kind switch
    {
        LayerKind.VanillaRnn => builder.VanillaRnn(Size, Activation),
        LayerKind.Lstm => builder.Lstm(Size),
        LayerKind.Dense => builder.Dense(Size, Activation),
        LayerKind.TakeLast => builder.TakeLast(),
        LayerKind.Embedding => builder.Embedding(VocabularySize, Size, PaddingToken),
        _ => builder.Flatten(Size),
    };
}
