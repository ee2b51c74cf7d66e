using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>What every recurrent layer of a model did with a sequence: the gates, the memory cell and the hidden state of every time
/// step and unit, to look at.</summary>
/// <remarks>The values are those of a prediction, to the bit. Recording runs the model's cells step by step, beside
/// <see cref="SequenceModel.Predict(in SequenceInput, ModelState?, ModelState?)"/> and training, which know nothing of it:
/// nobody pays for it but who records. It takes up to 6 floats for each step, row and unit.</remarks>
public sealed class GateTrace
{
    private GateTrace(IReadOnlyList<LayerTrace> layers) => Layers = layers;

    /// <summary>The recurrent layers, in the order in which data passes them; those without a state, and those inside a Residual, are not
    /// among them.</summary>
    public IReadOnlyList<LayerTrace> Layers { get; }

    /// <summary>Runs a model and records what its recurrent layers do.</summary>
    /// <remarks>Safe on several threads at once, as a prediction is.</remarks>
    /// <param name="model">The model.</param>
    /// <param name="input">The sequences, shape [SequenceLength, BatchSize, InputSize]; length or batch 0 is allowed.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <exception cref="ArgumentNullException">The model is null.</exception>
    /// <exception cref="ArgumentException">The input's or the state's shape does not fit the model, or a layer's values would not fit
    /// into one array.</exception>
    public static GateTrace Record(SequenceModel model, in ReadOnlyTensorSpan<float> input, ModelState? initialState = null) =>
        new([.. Run(model, input, initialState).Select(run => run.Trace).OfType<LayerTrace>()]);

    /// <inheritdoc/>
    public override string ToString() => $"GateTrace({string.Join(", ", Layers)})";

    /// <summary>Runs a model layer by layer.</summary>
    internal static LayerRun[] Run(SequenceModel model, in ReadOnlyTensorSpan<float> input, ModelState? initialState)
    {
        ArgumentNullException.ThrowIfNull(model);
        (int length, int batchSize) = model.CheckInput(input);
        model.OutputLength(length);
        model.CheckState(initialState, batchSize, nameof(initialState));
        Tensor<float> rows = Tensor.Create(TensorValues.Of(input).ToArray(), [length, batchSize, model.InputSize]);
        var runs = new LayerRun[model.Layers.Count];
        int state = 0;
        for (int n = 0; n < runs.Length; n++)
        {
            Layer layer = model.Layers[n];
            ModelState? initial = initialState is null || layer.Cells.Count == 0
                ? null
                : new ModelState([.. initialState.Skip(state).Take(layer.Cells.Count)], batchSize);
            state += layer.Cells.Count;
            SequenceModel alone = new(layer.InputSize, [layer]) { MaxDegreeOfParallelism = model.MaxDegreeOfParallelism };
            LayerTrace? trace = layer is RecurrentLayer recurrent ? LayerTrace.Record(n, recurrent, alone, rows, initial?[0]) : null;
            runs[n] = new LayerRun(alone, rows, initial, trace);
            rows = trace?.Hidden ?? alone.Predict(rows, initial);
        }

        return runs;
    }
}
