using System.Numerics.Tensors;
using LstmSharp.Kernels;
using LstmSharp.Randomness;
using LstmSharp.Tests.Randomness;

namespace LstmSharp.Tests.Models;

/// <summary>Everything one forward and backward run of a model reads and gives, for the library and for the reference alike.</summary>
internal sealed partial class ModelRun
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

    /// <summary>The input as models take it.</summary>
    public SequenceInput ToInput() => Model.VocabularySize is null
        ? new SequenceInput(new ReadOnlyTensorSpan<float>(Input, [Length, BatchSize, Model.InputSize]), Lengths)
        : new SequenceInput(new ReadOnlyTensorSpan<int>(Tokens, [Length, BatchSize]), Lengths);

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
        SequenceInput input = ToInput();
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
        ReferenceModel reference = ReferenceOf(Model, Step);
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

    /// <summary>A model in double, with the same weights, as it predicts.</summary>
    public static ReferenceModel ReferenceOf(SequenceModel model) => ReferenceOf(model, step: null);

    private static ReferenceModel ReferenceOf(SequenceModel model, (int Seed, long Update, int[] Samples)? step)
    {
        List<ReferenceLayer> layers = [];
        foreach (Layer layer in model.Layers)
        {
            layers.Add(layer is DenseLayer { IsTied: true } tied
                ? new ReferenceTiedDense((ReferenceEmbedding)layers[0], RandomValues.ToDoubles(tied.Bias.Values))
                : Reference(layer, step));
        }

        return new ReferenceModel([.. layers]);
    }

    /// <summary>The initial states as the reference takes them.</summary>
    public double[][] InitialStateInDouble() => Doubles(InitialState);

    /// <summary>A layer in double, with the same weights, as it predicts.</summary>
    public static ReferenceLayer Reference(Layer layer) => Reference(layer, step: null);

    private static ReferenceLayer Reference(Layer layer, (int Seed, long Update, int[] Samples)? step)
    {
        double[][] weights = [.. layer.Parameters.Select(parameter => RandomValues.ToDoubles(parameter.Values))];
        return layer switch
        {
            RecurrentLayer recurrent when recurrent.Regularization != new RecurrentRegularization() => StateMasks(recurrent, weights, step),
            RecurrentLayer recurrent => Recurrent(recurrent.Cell, weights),
            DenseLayer dense => new ReferenceDense(weights[0], weights[1], dense.Activation),
            EmbeddingLayer embedding => new ReferenceEmbedding(weights[0], embedding.OutputSize, embedding.PaddingToken),
            TakeLastLayer => new ReferenceTakeLast(),
            LayerNormLayer => new ReferenceLayerNorm(weights[0], weights[1]),
            MeanOverTimeLayer => new ReferenceMeanOverTime(),
            MaxOverTimeLayer => new ReferenceMaxOverTime(),
            DropoutLayer dropout => new ReferenceDropout(Mask(step, RandomPurpose.Dropout, dropout.Path, dropout.Rate) ?? ((_, _, _) => 1)),
            FlattenLayer => new ReferenceFlatten(),
            ResidualLayer residual => new ReferenceResidual(new ReferenceModel([.. residual.Layers.Select(inner => Reference(inner, step))])),
            BidirectionalLayer both => new ReferenceBidirectional(
                new ReferenceModel([.. both.ForwardLayers.Select(inner => Reference(inner, step))]),
                new ReferenceModel([.. both.BackwardLayers.Select(inner => Reference(inner, step))]),
                both.Merge),
            ReverseLayer => new ReferenceReverse(),
            _ => throw new ArgumentException($"There is no reference for {layer}."),
        };
    }

    private static ReferenceLayer Recurrent(RecurrentCell cell, double[][] weights) => cell switch
    {
        VanillaRnnCell vanilla => new ReferenceVanillaRnn(weights[0], weights[1], weights[2], vanilla.Activation),
        GruCell => new ReferenceGru(weights[0], weights[1], weights[2], weights.ElementAtOrDefault(3)),
        _ => new ReferenceLstm(weights[0], weights[1], weights[2]),
    };

    private static ReferenceStateMasks StateMasks(RecurrentLayer layer, double[][] weights, (int Seed, long Update, int[] Samples)? step)
    {
        RecurrentRegularization options = layer.Regularization;
        Func<int, int, int, double> Stays(RandomPurpose purpose, float rate) => Mask(step, purpose, layer.Path, rate) is { } kept
            ? (t, b, unit) => kept(t, b, unit) == 0 ? 1 : 0
            : (_, _, _) => rate;
        Func<int, int, int, double>? dropout = Mask(step, RandomPurpose.RecurrentDropout, layer.Path, options.Dropout);
        double Drops(int b, int unit) => dropout?.Invoke(0, b, unit) ?? 1;
        return new ReferenceStateMasks(
            () => layer.Cell is GruCell
                ? new ReferenceGru(weights[0], weights[1], weights[2], weights.ElementAtOrDefault(3)) { RecurrentMask = Drops }
                : Recurrent(layer.Cell, weights),
            layer.Cell is GruCell ? (_, _) => 1 : Drops,
            Stays(RandomPurpose.Zoneout, options.Zoneout),
            Stays(RandomPurpose.CellZoneout, options.CellZoneout));
    }

    /// <summary>What a mask multiplies by at a step, a row and a unit; null in a prediction.</summary>
    private static Func<int, int, int, double>? Mask(
        (int Seed, long Update, int[] Samples)? step, RandomPurpose purpose, int[] path, float rate)
    {
        if (step is not { } training)
        {
            return null;
        }

        RandomKey key = RandomKey.Of(training.Seed, purpose, path).At(training.Update);
        return (t, b, unit) => NaiveMask.Of(key, t, training.Samples[b], unit, rate);
    }

    /// <summary>The states as the reference takes them: part by part.</summary>
    private static double[][] Doubles(ModelState states) =>
        [.. states.SelectMany(state => state.Parts).Select(part => RandomValues.ToDoubles(part.Values))];

    private static void AddStates(Dictionary<string, float[]> results, string name, ModelState states)
    {
        foreach ((int n, CellStatePart part) in states.SelectMany(state => state.Parts).Index())
        {
            results[$"{name} state {n}"] = part.Values.ToArray();
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
