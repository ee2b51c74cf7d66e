using System.Numerics.Tensors;
using LstmSharp.Kernels;
using LstmSharp.Randomness;
using LstmSharp.Tests.Randomness;

namespace LstmSharp.Tests.Models;

/// <summary>Everything one forward and backward run of a model reads and gives, for the library and for the reference alike.</summary>
internal sealed class ModelRun
{
    public required SequenceModel Model { get; init; }

    public required int Length { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>Values, or tokens' numbers.</summary>
    public required float[] Input { get; init; }

    /// <summary>Each row's number of steps; empty where all rows have all.</summary>
    public int[] Lengths { get; init; } = [];

    /// <summary>The step of training; null where the run predicts.</summary>
    public (int Seed, long Update, int[] Samples)? Step { get; set; }

    public required ModelState InitialState { get; init; }

    public required float[] OutputGradient { get; init; }

    public required ModelState FinalStateGradient { get; init; }

    /// <summary>Draws inputs, states and upstream gradients.</summary>
    public static ModelRun Draw(SequenceModel model, int length, int batchSize, Random random, int[]? lengths = null, bool trains = false) => new()
    {
        Model = model,
        Step = trains ? (random.Next(), random.NextInt64(), [.. Enumerable.Range(0, batchSize).Select(_ => random.Next())]) : null,
        Lengths = lengths ?? [],
        Length = length,
        BatchSize = batchSize,
        Input = model.VocabularySize is { } tokens
            ? [.. Enumerable.Range(0, length * batchSize).Select(_ => (float)random.Next(tokens))]
            : RandomValues.Uniform(random, length * batchSize * model.InputSize),
        InitialState = model.CreateState(batchSize).Fill(random),
        OutputGradient = RandomValues.Uniform(random, model.OutputLength(length) * batchSize * model.OutputSize),
        FinalStateGradient = model.CreateState(batchSize).Fill(random),
    };

    /// <summary>The tokens of a model that takes them.</summary>
    public int[] Tokens => Array.ConvertAll(Input, number => (int)number);

    /// <inheritdoc/>
    public override string ToString() => $"{Model}, length {Length}, batch {BatchSize}";

    /// <summary>Runs the library, on one vector width and a number of threads, and returns its results as flat arrays under their
    /// names.</summary>
    public Dictionary<string, float[]> RunLibrary(SimdWidth? width = null, int threads = 1, long? memoryBudget = null)
    {
        Model.Width = width ?? SimdWidths.Best;
        Model.MaxDegreeOfParallelism = threads;
        Model.LeastOperationsToShare = 0;
        SequencePass pass = Model.CreatePass(memoryBudget);
        ParameterSet gradients = Model.Parameters.CreateZeros();
        SequenceInput input = Model.VocabularySize is null
            ? new SequenceInput(new ReadOnlyTensorSpan<float>(Input, [Length, BatchSize, Model.InputSize]), Lengths)
            : new SequenceInput(new ReadOnlyTensorSpan<int>(Tokens, [Length, BatchSize]), Lengths);
        if (Step is { } step)
        {
            pass.Forward(input, new TrainingStep(step.Seed, step.Update, step.Samples), InitialState);
        }
        else
        {
            pass.Forward(input, InitialState);
        }

        Dictionary<string, float[]> results = new() { ["output"] = pass.OutputValues.ToArray() };
        AddStates(results, "final", pass.FinalState);
        var upstream = new ReadOnlyTensorSpan<float>(OutputGradient, [pass.OutputLength, BatchSize, Model.OutputSize]);
        pass.Backward(upstream, gradients, FinalStateGradient);
        Model.Width = SimdWidths.Best;
        if (Model.VocabularySize is null)
        {
            float[] inputGradient = new float[Input.Length];
            pass.InputGradient.FlattenTo(inputGradient);
            results["gradient of input"] = inputGradient;
        }

        AddStates(results, "gradient of initial", pass.InitialStateGradient);
        foreach (Parameter gradient in gradients)
        {
            results[$"gradient of {gradient.Name}"] = gradient.Values.ToArray();
        }

        return results;
    }

    /// <summary>Runs the double-precision reference; the names are the same.</summary>
    public Dictionary<string, double[]> RunReference()
    {
        ReferenceModel reference = new([.. Model.Layers.Select(layer => Reference(layer, MaskOf))]);
        var x = new ReferenceSequence(Length, BatchSize, Model.InputSize, RandomValues.ToDoubles(Input));
        ReferencePass pass = reference.Forward(x, Doubles(InitialState));
        Dictionary<string, double[]> results = new() { ["output"] = pass.Output.Values };
        AddStates(results, "final", pass.FinalState);
        var dy = new ReferenceSequence(pass.Output.Length, BatchSize, Model.OutputSize, RandomValues.ToDoubles(OutputGradient));
        ReferenceGradients gradients = reference.Backward(dy, Doubles(FinalStateGradient));
        if (Model.VocabularySize is null)
        {
            results["gradient of input"] = gradients.Input.Values;
        }

        AddStates(results, "gradient of initial", gradients.InitialState);
        for (int n = 0; n < Model.Parameters.Count; n++)
        {
            results[$"gradient of {Model.Parameters[n].Name}"] = gradients.Parameters[n];
        }

        return results;
    }

    /// <summary>The initial states as the reference takes them.</summary>
    public double[][] InitialStateInDouble() => Doubles(InitialState);

    /// <summary>A layer in double, with the same weights, as it predicts.</summary>
    public static ReferenceLayer Reference(Layer layer) => Reference(layer, _ => (_, _, _) => 1);

    private static ReferenceLayer Reference(Layer layer, Func<DropoutLayer, Func<int, int, int, double>> maskOf)
    {
        double[][] weights = [.. layer.Parameters.Select(parameter => RandomValues.ToDoubles(parameter.Values))];
        return layer switch
        {
            RecurrentLayer { Cell: LstmCell } => new ReferenceLstm(weights[0], weights[1], weights[2]),
            RecurrentLayer { Cell: GruCell } => new ReferenceGru(weights[0], weights[1], weights[2], weights.ElementAtOrDefault(3)),
            RecurrentLayer { Cell: VanillaRnnCell cell } => new ReferenceVanillaRnn(weights[0], weights[1], weights[2], cell.Activation),
            DenseLayer dense => new ReferenceDense(weights[0], weights[1], dense.Activation),
            EmbeddingLayer embedding => new ReferenceEmbedding(weights[0], embedding.OutputSize, embedding.PaddingToken),
            TakeLastLayer => new ReferenceTakeLast(),
            LayerNormLayer => new ReferenceLayerNorm(weights[0], weights[1]),
            MeanOverTimeLayer => new ReferenceMeanOverTime(),
            MaxOverTimeLayer => new ReferenceMaxOverTime(),
            DropoutLayer dropout => new ReferenceDropout(maskOf(dropout)),
            FlattenLayer => new ReferenceFlatten(),
            _ => throw new ArgumentException($"There is no reference for {layer}."),
        };
    }

    /// <summary>What a dropout layer multiplies by at a step, a row and a unit.</summary>
    private Func<int, int, int, double> MaskOf(DropoutLayer layer)
    {
        if (Step is not { } step)
        {
            return (_, _, _) => 1;
        }

        RandomKey key = RandomKey.Of(step.Seed, RandomPurpose.Dropout, layer.Path).At(step.Update);
        return (t, b, unit) => NaiveMask.Of(key, t, step.Samples[b], unit, layer.Rate);
    }

    /// <summary>The states as the reference takes them: h, and after it c where there is one.</summary>
    private static double[][] Doubles(ModelState states) =>
        [.. states.SelectMany(state => state is LstmState lstm
            ? new[] { RandomValues.ToDoubles(lstm.Hidden), RandomValues.ToDoubles(lstm.Cell) }
            : [RandomValues.ToDoubles(state.Hidden)])];

    private static void AddStates(Dictionary<string, float[]> results, string name, ModelState states)
    {
        int n = 0;
        foreach (CellState state in states)
        {
            results[$"{name} state {n++}"] = state.Hidden.ToArray();
            if (state is LstmState lstm)
            {
                results[$"{name} state {n++}"] = lstm.Cell.ToArray();
            }
        }
    }

    private static void AddStates(Dictionary<string, double[]> results, string name, double[][] states)
    {
        for (int n = 0; n < states.Length; n++)
        {
            results[$"{name} state {n}"] = states[n];
        }
    }
}
