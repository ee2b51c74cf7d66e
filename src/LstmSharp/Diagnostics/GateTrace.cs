namespace LstmSharp;

/// <summary>What every recurrent layer of a model did with a sequence: the gates, the memory cell and the hidden state of every time
/// step and unit, to look at.</summary>
/// <remarks>The values are those of a prediction, to the bit: of rows of any length, of values or tokens, and of layers inside others, too.
/// They come from a run that keeps its activations, beside <see cref="SequenceModel.Predict(in SequenceInput, ModelState?, ModelState?)"/>
/// and training, which know nothing of it: nobody pays for it but who records. A trace holds a float for each step, row and unit of every
/// gate and every part of the state; while it is recorded, the run takes as many again, and the outputs and inputs of the layers
/// besides.</remarks>
public sealed class GateTrace
{
    private GateTrace(IReadOnlyList<LayerTrace> layers) => Layers = layers;

    /// <summary>The recurrent layers, in the order in which data passes them, those inside others among them; those without a state are
    /// not. A layer has the place of its state in a <see cref="ModelState"/>.</summary>
    public IReadOnlyList<LayerTrace> Layers { get; }

    /// <summary>Runs a model as it predicts and records what its recurrent layers do.</summary>
    /// <remarks>Safe on several threads at once, as a prediction is.</remarks>
    /// <param name="model">The model.</param>
    /// <param name="input">The sequences, shape [SequenceLength, BatchSize, InputSize], or tokens, shape [SequenceLength, BatchSize], with or
    /// without lengths; length or batch 0 is allowed.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <exception cref="ArgumentNullException">The model is null.</exception>
    /// <exception cref="ArgumentException">The input's or the state's shape does not fit the model, it holds values for tokens or the other way
    /// round, a token is outside the vocabulary, a length is not from 0 to SequenceLength, or a layer's values would not fit into one
    /// array.</exception>
    public static GateTrace Record(SequenceModel model, in SequenceInput input, ModelState? initialState = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        SequencePass pass = model.CreatePass();
        pass.Forward(input, initialState);
        IReadOnlyList<LayerTrace> layers = pass.RecurrentPasses.Select(LayerTrace.Of).ToList().AsReadOnly();
        GC.KeepAlive(pass);
        return new GateTrace(layers);
    }

    /// <inheritdoc/>
    public override string ToString() => $"GateTrace({string.Join(", ", Layers)})";
}
