using System.Globalization;
using System.Numerics.Tensors;
using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>A stack of layers that turns sequences into sequences.</summary>
/// <remarks>Shapes are time-major, [SequenceLength, BatchSize, Features], row-major. A model is read-only while it predicts: any
/// number of threads may share it. Nothing has to be disposed.</remarks>
public sealed unsafe partial class SequenceModel
{
    private readonly Layer[] _layers;
    private readonly RecurrentCell[] _cells;
    private readonly Pool<StackRun> _passes;

    internal SequenceModel(int inputSize, Layer[] layers)
    {
        InputSize = inputSize;
        _layers = layers;
        Layers = Array.AsReadOnly(layers);
        VocabularySize = (layers[0] as EmbeddingLayer)?.VocabularySize;
        StepsDirectly = Array.TrueForAll(layers, layer => layer.StepsDirectly);
        _cells = [.. layers.SelectMany(layer => layer.Cells)];
        Parameters = new ParameterSet([.. layers.SelectMany(layer => layer.Parameters)]);
        _passes = new Pool<StackRun>(() => new PredictionRun(this));
    }

    /// <summary>The number of values in one step's input; 1 where that is a token.</summary>
    public int InputSize { get; }

    /// <summary>The number of tokens that the model knows, which are numbered from 0; null for a model that takes values.</summary>
    public int? VocabularySize { get; }

    /// <summary>The number of values in one step's output.</summary>
    public int OutputSize => _layers[^1].OutputSize;

    /// <summary>The layers, in the order in which data passes them.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The layers and those inside them, by their places.</summary>
    internal IEnumerable<(string Path, Layer Layer)> AllLayers =>
        _layers.SelectMany((layer, n) => layer.WithInner(n.ToString(CultureInfo.InvariantCulture)));

    /// <summary>All weights, named <c>layer.name</c>, such as <c>0.RecurrentWeights</c>; those of a layer inside another by their places from
    /// the outermost layer's inward, such as <c>2.0.RecurrentWeights</c>.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>How many threads one call may use at most, the calling one among them: 1 or more, by default as many as the machine has
    /// processors.</summary>
    /// <remarks>Results do not depend on it, to the bit. A small problem runs on the calling thread alone, and so does a call for which
    /// no thread is idle, because other calls have them. The threads are the library's own, shared by all models of the process; they
    /// sleep while there is nothing to do.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MaxDegreeOfParallelism
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(MaxDegreeOfParallelism));
            field = value;
        }
    }
    = Environment.ProcessorCount;

    /// <summary>Below this many multiplications and additions, some 20 µs of work, a call uses one thread: waking others costs more
    /// than it gains.</summary>
    internal double LeastOperationsToShare { get; set; } = 4e6;

    /// <summary>How many floats of gates go back before their weights' gradients are added: more would have left the cache by then, with
    /// fewer the weights' gradients would be read and written more often. Part of the order in which those gradients are summed.</summary>
    internal long FloatsOfChunk { get; set; } = 1 << 19;

    /// <summary>The vector width the kernels run with; results do not depend on it.</summary>
    internal SimdWidth Width { get; set; } = SimdWidths.Best;

    /// <summary>Starts a model.</summary>
    /// <param name="inputSize">The number of values in one step's input, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public static SequenceModelBuilder Create(int inputSize) => new(inputSize);

    /// <summary>Starts a model that takes tokens, such as words or letters: numbers from 0 to vocabularySize − 1. Its first layer is an
    /// embedding, which gives every token a vector that is learned.</summary>
    /// <param name="vocabularySize">The number of tokens, 1 or more.</param>
    /// <param name="embeddingSize">The number of values in a token's vector, 1 or more.</param>
    /// <param name="paddingToken">A token that stands for nothing, whose vector stays 0; null, the default, for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the padding token is outside the vocabulary.</exception>
    /// <exception cref="ArgumentException">The weights would not fit into one array.</exception>
    public static SequenceModelBuilder CreateForTokens(int vocabularySize, int embeddingSize, int? paddingToken = null) =>
        new SequenceModelBuilder(inputSize: 1).Embedding(vocabularySize, embeddingSize, paddingToken);

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
        var states = new CellState[_cells.Length];
        for (int n = 0; n < states.Length; n++)
        {
            states[n] = _cells[n].CreateState(batchSize);
        }

        return new ModelState(states, batchSize);
    }

    /// <summary>Makes a pass: the memory for running this model forward and backward, to be used again and again.</summary>
    /// <remarks>Backpropagation through time keeps every step's activations; a long sequence may be held to a memory budget instead. The pass
    /// then keeps the activations of one segment of the sequence at a time, and on the way back computes those of the others again, which takes
    /// about a third more time. All results have the same bits with any budget or none.</remarks>
    /// <param name="memoryBudget">How many bytes the activations may take; null, the default, for as many as they need. A budget below what
    /// the gates of some 2 MiB of steps need is taken for that, and layers that need a whole sequence at once (Bidirectional, Reverse, Flatten)
    /// know none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The budget is below 1.</exception>
    public SequencePass CreatePass(long? memoryBudget = null)
    {
        if (memoryBudget is { } bytes)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes, nameof(memoryBudget));
        }

        return new SequencePass(this, keep: true, memoryBudget);
    }

    /// <summary>Runs the model.</summary>
    /// <remarks>Safe on several threads at once; allocates only its result once warm: the model keeps the memory that predictions
    /// work in, for each of as many as ran at once. A long sequence passes in pieces, so that this is at most about 1 MiB a layer, or what
    /// one time step needs (docs/performance.md, section Memory). A NaN in the input comes out as NaN.</remarks>
    /// <param name="input">The sequences, shape [SequenceLength, BatchSize, InputSize], or tokens, shape [SequenceLength, BatchSize], with or
    /// without lengths; length or batch 0 is allowed.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <param name="finalState">Receives the states after each row's last step where they are wanted; may be
    /// <paramref name="initialState"/>.</param>
    /// <returns>Every step's output, shape [OutputLength(SequenceLength), BatchSize, OutputSize]; 0 beyond a row's length.</returns>
    /// <exception cref="ArgumentException">The input's or a state's shape does not fit the model, it holds values for tokens or the other way
    /// round, a token is outside the vocabulary, or a length is not from 0 to SequenceLength.</exception>
    public Tensor<float> Predict(
        in SequenceInput input, ModelState? initialState = null, ModelState? finalState = null)
    {
        (int length, int batchSize) = CheckInput(input);
        int outputLength = OutputLength(length);
        float[] output = GC.AllocateUninitializedArray<float>(OutputCount(outputLength, batchSize));
        Predict(input.Rows, length, batchSize, input.Lengths, initialState, finalState, output);
        return Tensor.Create(output, [outputLength, batchSize, OutputSize]);
    }

    /// <summary>Runs the model and writes what comes of it into memory of the caller's: warm, it allocates nothing.</summary>
    /// <remarks>Otherwise like <see cref="Predict(in SequenceInput, ModelState?, ModelState?)"/>.</remarks>
    /// <param name="input">The sequences, shape [SequenceLength, BatchSize, InputSize], or tokens, shape [SequenceLength, BatchSize], with or
    /// without lengths; length or batch 0 is allowed.</param>
    /// <param name="output">Receives every step's output, shape [OutputLength(SequenceLength), BatchSize, OutputSize], dense; must not
    /// overlap the input.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <param name="finalState">Receives the states after the last step where they are wanted; may be
    /// <paramref name="initialState"/>.</param>
    /// <exception cref="ArgumentException">A shape does not fit the model, the input holds values for tokens or the other way round, a token is
    /// outside the vocabulary, a length is not from 0 to SequenceLength, or the output is not dense or overlaps the input.</exception>
    public void Predict(
        in SequenceInput input,
        in TensorSpan<float> output,
        ModelState? initialState = null,
        ModelState? finalState = null)
    {
        (int length, int batchSize) = CheckInput(input);
        ReadOnlySpan<float> inputs = input.Rows;
        Span<float> outputs = CheckOutput(output, OutputLength(length), batchSize);
        if (inputs.Overlaps(outputs))
        {
            throw new ArgumentException("SequenceModel: output must not overlap input.", nameof(output));
        }

        Predict(inputs, length, batchSize, input.Lengths, initialState, finalState, outputs);
    }

    /// <summary>A table of the layers with their places, as parameters' names begin with them, their output shapes and parameter
    /// counts; a layer that is made of others stands above them. T and B stand for the length and the batch size that enter.</summary>
    public string Summary()
    {
        const int Many = 2;
        List<(string Layer, string Shape, string Count)> rows = [("Layer", "Output shape", "Parameters")];
        string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
        void AddRows(IReadOnlyList<Layer> layers, string path, int firstPlace, int length)
        {
            for (int n = 0; n < layers.Count; n++)
            {
                Layer layer = layers[n];
                int entered = length;
                length = layer.OutputLength(length);
                string shape = $"[{(length == Many ? "T" : length)}, B, {layer.OutputSize}]", place = $"{path}{firstPlace + n}.";
                rows.Add(($"{place} {layer.Title}", shape, layer.Inner.Count > 0 ? string.Empty : Count(layer.Parameters.TotalCount)));
                if (layer is BidirectionalLayer both)
                {
                    AddRows(both.ForwardLayers, place, 0, entered);
                    AddRows(both.BackwardLayers, place, both.ForwardLayers.Count, entered);
                }
                else
                {
                    AddRows(layer.Inner, place, 0, entered);
                }
            }
        }

        AddRows(_layers, string.Empty, firstPlace: 0, Many);
        rows.Add(("Total", string.Empty, Count(Parameters.TotalCount)));
        int layerWidth = rows.Max(row => row.Layer.Length), shapeWidth = rows.Max(row => row.Shape.Length);
        int countWidth = rows.Max(row => row.Count.Length);
        return string.Join(Environment.NewLine, rows.Select(row =>
            $"{row.Layer.PadRight(layerWidth)}   {row.Shape.PadRight(shapeWidth)}   {row.Count.PadLeft(countWidth)}"));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"SequenceModel({(VocabularySize is null ? InputSize : "token")} => {string.Join(" => ", _layers.Select(layer => layer.ToString()))}, {Parameters.TotalCount} parameters)";

    private void Predict(
        ReadOnlySpan<float> input,
        int length,
        int batchSize,
        ReadOnlySpan<int> lengths,
        ModelState? initialState,
        ModelState? finalState,
        Span<float> output)
    {
        CheckState(initialState, batchSize, nameof(initialState));
        CheckState(finalState, batchSize, nameof(finalState));
        Run(input, length, batchSize, lengths, initialState, finalState, output);
    }

    /// <summary>Runs the model on memory and states that were checked; a run that fails leaves the states as they were. Of a single step,
    /// the output may lie where the input does: it is written last.</summary>
    internal void Run(
        ReadOnlySpan<float> input,
        int length,
        int batchSize,
        ReadOnlySpan<int> lengths,
        ModelState? initialState,
        ModelState? finalState,
        Span<float> output)
    {
        if (StepsDirectly && length == 1 && batchSize > 0 && !lengths.ContainsAnyExcept(1) && StepsAlone(batchSize)
            && Step() is var step && step.RunsOnce(batchSize))
        {
            fixed (float* inputs = input, outputs = output)
            {
                step.RunOnce(inputs, batchSize, initialState, finalState, outputs);
            }

            GC.KeepAlive(this);
            return;
        }

        StackRun pass = _passes.Rent();
        fixed (float* inputs = input, outputs = output)
        {
            pass.Forward(new DenseInput(inputs, length, batchSize, lengths), initialState, finalState, outputs);
        }

        _passes.Return(pass);
        GC.KeepAlive(this);
    }
}
