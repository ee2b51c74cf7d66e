using System.Globalization;
using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>A stack of layers that turns sequences into sequences.</summary>
/// <remarks>Shapes are time-major, [SequenceLength, BatchSize, Features], row-major. A model is read-only while it predicts: any
/// number of threads may share it. Nothing has to be disposed.</remarks>
public sealed unsafe class SequenceModel
{
    private readonly Layer[] _layers;
    private readonly Pool<LayerStackPass> _passes;

    internal SequenceModel(int inputSize, Layer[] layers)
    {
        InputSize = inputSize;
        _layers = layers;
        Parameters = new ParameterSet([.. layers.SelectMany(layer => layer.Parameters)]);
        _passes = new Pool<LayerStackPass>(() => new LayerStackPass(this, keep: false));
    }

    /// <summary>The number of values in one step's input.</summary>
    public int InputSize { get; }

    /// <summary>The number of values in one step's output.</summary>
    public int OutputSize => _layers[^1].OutputSize;

    /// <summary>The layers, in the order in which data passes them.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <summary>All weights, named <c>layer.name</c>, such as <c>0.RecurrentWeights</c>.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>The vector width the kernels run with; results do not depend on it.</summary>
    internal SimdWidth Width { get; set; } = SimdWidths.Best;

    /// <summary>Starts a model.</summary>
    /// <param name="inputSize">The number of values in one step's input, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public static SequenceModelBuilder Create(int inputSize) => new(inputSize);

    /// <summary>How many steps leave the model where so many enter.</summary>
    /// <param name="sequenceLength">The number of steps that enter, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="ArgumentException">A layer takes another length only.</exception>
    public int OutputLength(int sequenceLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequenceLength);
        foreach (Layer layer in _layers)
        {
            layer.CheckLength(sequenceLength);
            sequenceLength = layer.OutputLength(sequenceLength);
        }

        return sequenceLength;
    }

    /// <summary>Makes states of zeros for all recurrent layers.</summary>
    /// <param name="batchSize">The number of rows, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is negative.</exception>
    public ModelState CreateState(int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batchSize);
        return new ModelState([.. _layers.OfType<RecurrentLayer>().Select(layer => layer.Cell.CreateState(batchSize))], batchSize);
    }

    /// <summary>Makes a pass: the memory for running this model forward and backward, to be used again and again.</summary>
    public SequencePass CreatePass() => new(this, keep: true);

    /// <summary>Runs the model.</summary>
    /// <remarks>Safe on several threads at once; allocates only its result once warm: the model keeps the memory that predictions
    /// work in, as much as the largest so far needed, for each of as many as ran at once. A NaN in the input comes out as NaN.</remarks>
    /// <param name="input">The sequences, shape [SequenceLength, BatchSize, InputSize]; length or batch 0 is allowed.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <param name="finalState">Receives the states after the last step where they are wanted; may be
    /// <paramref name="initialState"/>.</param>
    /// <returns>Every step's output, shape [OutputLength(SequenceLength), BatchSize, OutputSize].</returns>
    /// <exception cref="ArgumentException">The input's or a state's shape does not fit the model.</exception>
    public Tensor<float> Predict(
        in ReadOnlyTensorSpan<float> input, ModelState? initialState = null, ModelState? finalState = null)
    {
        (int length, int batchSize) = CheckInput(input);
        CheckState(initialState, batchSize, nameof(initialState));
        CheckState(finalState, batchSize, nameof(finalState));
        int outputLength = OutputLength(length);
        float[] output = new float[OutputCount(outputLength, batchSize)];
        LayerStackPass pass = _passes.Rent();
        fixed (float* values = TensorValues.Of(input))
        {
            SequenceRows rows = pass.Forward(values, length, batchSize, initialState, finalState);
            PaddedRows.CopyOut(rows.Data, rows.Stride, rows.Count, rows.Width, output);
        }

        _passes.Return(pass);
        GC.KeepAlive(this);
        return Tensor.Create(output, [outputLength, batchSize, OutputSize]);
    }

    /// <summary>A table of the layers with their places, as parameters' names begin with them, their output shapes and parameter
    /// counts. T and B stand for the length and the batch size that enter.</summary>
    public string Summary()
    {
        const int Many = 2;
        int length = Many;
        List<(string Layer, string Shape, string Count)> rows = [("Layer", "Output shape", "Parameters")];
        string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
        foreach (Layer layer in _layers)
        {
            length = layer.OutputLength(length);
            string shape = $"[{(length == Many ? "T" : length)}, B, {layer.OutputSize}]";
            rows.Add(($"{rows.Count - 1}. {layer}", shape, Count(layer.Parameters.TotalCount)));
        }

        rows.Add(("Total", string.Empty, Count(Parameters.TotalCount)));
        int layerWidth = rows.Max(row => row.Layer.Length), shapeWidth = rows.Max(row => row.Shape.Length);
        int countWidth = rows.Max(row => row.Count.Length);
        return string.Join(Environment.NewLine, rows.Select(row =>
            $"{row.Layer.PadRight(layerWidth)}   {row.Shape.PadRight(shapeWidth)}   {row.Count.PadLeft(countWidth)}"));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"SequenceModel({InputSize} => {string.Join(" => ", _layers.Select(layer => layer.ToString()))}, {Parameters.TotalCount} parameters)";

    /// <summary>Checks an input's shape.</summary>
    /// <returns>Its sequence length and batch size.</returns>
    internal (int SequenceLength, int BatchSize) CheckInput(in ReadOnlyTensorSpan<float> input)
    {
        if (input.Rank != 3 || input.Lengths[2] != InputSize)
        {
            throw new ArgumentException(
                $"SequenceModel: input must have shape [SequenceLength, BatchSize, {InputSize}], but has {TensorValues.Shape(input.Lengths)}.",
                nameof(input));
        }

        if (input.FlattenedLength > Array.MaxLength || Math.Max(input.Lengths[0], input.Lengths[1]) > Array.MaxLength)
        {
            throw new ArgumentException(
                $"SequenceModel: input must hold at most {Array.MaxLength} values, but has shape {TensorValues.Shape(input.Lengths)}.",
                nameof(input));
        }

        return ((int)input.Lengths[0], (int)input.Lengths[1]);
    }

    /// <summary>The number of values in an output, which one array must be able to hold.</summary>
    internal int OutputCount(int outputLength, int batchSize)
    {
        long rows = (long)outputLength * batchSize;
        if (rows > Array.MaxLength / OutputSize)
        {
            throw new ArgumentException(
                $"SequenceModel: the output must hold at most {Array.MaxLength} values, but would hold " +
                $"{outputLength} × {batchSize} × {OutputSize}; use fewer rows or a shorter sequence.");
        }

        return (int)rows * OutputSize;
    }

    /// <summary>Checks that a state is one of this model's for a batch size.</summary>
    internal void CheckState(ModelState? state, int batchSize, string name)
    {
        if (state is null)
        {
            return;
        }

        int n = 0;
        bool fits = state.BatchSize == batchSize;
        foreach (Layer layer in _layers)
        {
            if (layer is RecurrentLayer { Cell: RecurrentCell cell })
            {
                fits = fits && n < state.Count && state[n].HiddenSize == cell.HiddenSize && state[n] is LstmState == cell.HasMemoryCell;
                n++;
            }
        }

        if (!fits || n != state.Count)
        {
            throw new ArgumentException(
                $"SequenceModel: {name} must be made by this model's CreateState({batchSize}), but is {state}.", name);
        }
    }
}
