namespace LstmSharp;

/// <summary>The kinds of layers as a model file names them. The names are part of the format.</summary>
internal enum LayerKind
{
    VanillaRnn,
    Lstm,
    Dense,
    TakeLast,
    Flatten,
    Dropout,
    LayerNorm,
    MeanOverTime,
    MaxOverTime,
    Embedding,
    Gru,
}

/// <summary>One layer as a model file tells of it.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Size">The hidden size, the output size, or for Flatten the sequence length; 0 for layers that have none.</param>
/// <param name="Activation">The activation; Identity for layers that have none.</param>
internal sealed record LayerDescription(LayerKind Kind, int Size = 0, Activation Activation = Activation.Identity)
{
    /// <summary>Where the reset gate of a GRU acts; the default for other layers.</summary>
    public GruReset Reset { get; init; }

    /// <summary>The rate of a dropout, else 0.</summary>
    public float Rate { get; init; }

    /// <summary>The number of tokens of an embedding; 0 for other layers.</summary>
    public int VocabularySize { get; init; }

    /// <summary>The padding token of an embedding that has one.</summary>
    public int? PaddingToken { get; init; }

    /// <summary>The key under which a kind's size stands in the file; null where it has none.</summary>
    public static string? SizeKeyOf(LayerKind kind) => kind switch
    {
        LayerKind.VanillaRnn or LayerKind.Lstm or LayerKind.Gru => "hiddenSize",
        LayerKind.Dense or LayerKind.Embedding => "outputSize",
        LayerKind.Flatten => "sequenceLength",
        _ => null,
    };

    public static bool HasReset(LayerKind kind) => kind is LayerKind.Gru;

    public static bool HasRate(LayerKind kind) => kind is LayerKind.Dropout;

    public static bool HasActivation(LayerKind kind) => kind is LayerKind.VanillaRnn or LayerKind.Dense;

    /// <summary>Describes a layer of a model.</summary>
    /// <exception cref="NotSupportedException">The format has no name for the layer.</exception>
    public static LayerDescription Of(Layer layer) => layer switch
    {
        RecurrentLayer { Cell: VanillaRnnCell cell } => new(LayerKind.VanillaRnn, cell.HiddenSize, cell.Activation),
        RecurrentLayer { Cell: LstmCell cell } => new(LayerKind.Lstm, cell.HiddenSize),
        RecurrentLayer { Cell: GruCell cell } => new(LayerKind.Gru, cell.HiddenSize) { Reset = cell.Reset },
        DenseLayer dense => new(LayerKind.Dense, dense.OutputSize, dense.Activation),
        EmbeddingLayer embedding => new(LayerKind.Embedding, embedding.OutputSize)
        {
            VocabularySize = embedding.VocabularySize,
            PaddingToken = embedding.PaddingToken,
        },
        TakeLastLayer => new(LayerKind.TakeLast),
        FlattenLayer flatten => new(LayerKind.Flatten, flatten.SequenceLength),
        DropoutLayer dropout => new(LayerKind.Dropout) { Rate = dropout.Rate },
        LayerNormLayer => new(LayerKind.LayerNorm),
        MeanOverTimeLayer => new(LayerKind.MeanOverTime),
        MaxOverTimeLayer => new(LayerKind.MaxOverTime),
        _ => throw new NotSupportedException($"ModelFile: the model file format has no name for the layer {layer}."),
    };

    /// <summary>The number of outputs that the layer makes of so many inputs.</summary>
    public long OutputSizeFor(long inputSize) => Kind switch
    {
        LayerKind.VanillaRnn or LayerKind.Lstm or LayerKind.Gru or LayerKind.Dense or LayerKind.Embedding => Size,
        LayerKind.Flatten => inputSize * Size,
        _ => inputSize,
    };

    /// <summary>Whether the layer has weights.</summary>
    public bool HasWeights => IsRecurrent || Kind is LayerKind.Dense or LayerKind.LayerNorm or LayerKind.Embedding;

    /// <summary>Whether every step that enters the layer leaves it.</summary>
    public bool IsStepwise => Kind is not (LayerKind.TakeLast or LayerKind.Flatten or LayerKind.MeanOverTime or LayerKind.MaxOverTime);

    /// <summary>Whether PyTorch can stack the layer with others in one module.</summary>
    public bool IsRecurrent => Kind is LayerKind.VanillaRnn or LayerKind.Lstm or LayerKind.Gru;

    /// <summary>The tensors that hold the layer's weights.</summary>
    /// <param name="place">The layer's place among PyTorch's modules.</param>
    /// <param name="position">The layer's position in the model, which its parameters' names begin with.</param>
    /// <param name="inputSize">The number of its inputs.</param>
    public ModelTensor[] Tensors(LayerPlace place, int position, long inputSize)
    {
        long rows = Size * (Kind switch
        {
            LayerKind.Lstm => (long)LstmCell.Gates,
            LayerKind.Gru => GruCell.Gates,
            _ => 1,
        });
        string? lastBias = Kind == LayerKind.Gru && Reset == GruReset.AfterProduct
            ? $"{LayerPlace.AtPosition(position).Prefix}{nameof(GruCell.RecurrentBias)}"
            : null;
        ModelTensor Tensor(string name, string parameter, params long[] shape) =>
            new(place.Prefix + name, shape, $"{LayerPlace.AtPosition(position).Prefix}{parameter}");
        return Kind switch
        {
            LayerKind.VanillaRnn or LayerKind.Lstm or LayerKind.Gru =>
            [
                Tensor($"weight_ih_l{place.Level}", nameof(RecurrentCell.InputWeights), rows, inputSize),
                Tensor($"weight_hh_l{place.Level}", nameof(RecurrentCell.RecurrentWeights), rows, Size),
                Tensor($"bias_ih_l{place.Level}", nameof(RecurrentCell.Bias), rows),
                Tensor($"bias_hh_l{place.Level}", nameof(RecurrentCell.Bias), rows) with
                {
                    IsSecondBias = true,
                    LastParameter = lastBias,
                    LastSize = lastBias is null ? 0 : Size,
                },
            ],
            LayerKind.Dense =>
            [
                Tensor("weight", nameof(DenseLayer.Weights), rows, inputSize),
                Tensor("bias", nameof(DenseLayer.Bias), rows),
            ],
            LayerKind.LayerNorm =>
            [
                Tensor("weight", nameof(LayerNormLayer.Gain), inputSize),
                Tensor("bias", nameof(LayerNormLayer.Bias), inputSize),
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
        LayerKind.Gru => builder.Gru(Size, Reset),
        LayerKind.Dense => builder.Dense(Size, Activation),
        LayerKind.TakeLast => builder.TakeLast(),
        LayerKind.MeanOverTime => builder.MeanOverTime(),
        LayerKind.MaxOverTime => builder.MaxOverTime(),
        LayerKind.LayerNorm => builder.LayerNorm(),
        LayerKind.Dropout => builder.Dropout(Rate),
        LayerKind.Embedding => builder.Embedding(VocabularySize, Size, PaddingToken),
        _ => builder.Flatten(Size),
    };
}
