using System.Numerics.Tensors;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>One sequence batch on its way through a model and back: forward, then backpropagation through time.</summary>
/// <remarks>Holds the activations that the way back needs, and uses their memory again for the next batch: warm, it allocates
/// nothing. For one caller at a time, the reading of results included; several passes may share a model. Memory per time step and row of
/// the batch: per LSTM layer 6 × HiddenSize floats, per vanilla RNN layer 1 ×, per dense layer and Residual its outputs; the input, the output and its
/// gradient once, the gradient lying in the outputs of a last dense layer without activation; on the way back each layer's input gradient besides. All are rounded up to 32 floats: docs/performance.md, section
/// Memory.</remarks>
public sealed unsafe partial class SequencePass
{
    private readonly StackRun _layers;
    private readonly TrainingRows _training = new();
    private float[] _output = [];
    private float[] _inputGradient = [];
    private ModelState? _finalState;
    private ModelState? _initialStateGradient;

    /// <summary>The last set of gradients that was found to fit: most callers give the same one every time.</summary>
    private ParameterSet? _gradients;
    private Progress _progress;
    private long _weightsVersion;
    private OneAtATime _use;

    /// <param name="model">The model.</param>
    /// <param name="keep">Whether a way back will follow.</param>
    /// <param name="memoryBudget">How many bytes the activations may take; null for as many as they need.</param>
    internal SequencePass(SequenceModel model, bool keep, long? memoryBudget = null)
    {
        Model = model;
        _layers = keep ? new TrainingRun(model, memoryBudget) : new PredictionRun(model);
    }

    private enum Progress
    {
        Nothing,
        Forward,
        Backward,
        BackwardToInput,
    }

    /// <summary>The model this pass belongs to.</summary>
    public SequenceModel Model { get; }

    /// <summary>The number of time steps of the last forward run's input.</summary>
    public int SequenceLength { get; private set; }

    /// <summary>The number of rows of the last forward run.</summary>
    public int BatchSize { get; private set; }

    /// <summary>The number of time steps of the last forward run's output.</summary>
    public int OutputLength { get; private set; }

    /// <summary>The passes of the recurrent layers, in the order of their states; whoever reads of them keeps this reachable.</summary>
    internal IEnumerable<RecurrentPass> RecurrentPasses => _layers.RecurrentPasses;

    /// <summary>Runs the model forward as it predicts, nothing dropped, and keeps what
    /// <see cref="Backward(in ReadOnlyTensorSpan{float}, ParameterSet, ModelState?, bool)"/> needs.</summary>
    /// <param name="input">The sequences, shape [SequenceLength, BatchSize, InputSize], or tokens, shape [SequenceLength, BatchSize], with or
    /// without lengths; copied.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <exception cref="ArgumentException">The input's or the state's shape does not fit the model, it holds values for tokens or the other way
    /// round, a token is outside the vocabulary, or a length is not from 0 to SequenceLength.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using this pass.</exception>
    public void Forward(in SequenceInput input, ModelState? initialState = null)
    {
        (int length, int batchSize) = Model.CheckInput(input);
        Forward(input.Rows, length, batchSize, input.Lengths, initialState);
    }

    /// <summary>Runs the model forward as it trains: layers such as <see cref="SequenceModelBuilder.Dropout"/> drop values. Keeps what
    /// <see cref="Backward(in ReadOnlyTensorSpan{float}, ParameterSet, ModelState?, bool)"/> needs, which uses the same masks.</summary>
    /// <param name="input">The sequences, shape [SequenceLength, BatchSize, InputSize], or tokens, shape [SequenceLength, BatchSize], with or
    /// without lengths; copied.</param>
    /// <param name="step">The step of training: seed, number of the update and the rows' samples; copied.</param>
    /// <param name="initialState">The states to start from; null means zeros.</param>
    /// <exception cref="ArgumentException">The input's or the state's shape does not fit the model, a length is not from 0 to
    /// SequenceLength, or there are samples, but not one for each row.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using this pass.</exception>
    public void Forward(in SequenceInput input, in TrainingStep step, ModelState? initialState = null)
    {
        (int length, int batchSize) = Model.CheckInput(input);
        Forward(input.Rows, length, batchSize, input.Lengths, step, initialState);
    }

    /// <summary>Runs backpropagation through time for the last forward run.</summary>
    /// <remarks>Parameter gradients are added to what <paramref name="gradients"/> holds: clear it before a new step. May run
    /// once per forward run.</remarks>
    /// <param name="outputGradient">The upstream gradient of every output, of <see cref="Output"/>'s shape; what stands beyond a row's
    /// length is not read.</param>
    /// <param name="gradients">Receives the parameters' gradients: a set made by <see cref="ParameterSet.CreateZeros"/> of the
    /// model's parameters.</param>
    /// <param name="finalStateGradient">The upstream gradients of the final states; null means zeros.</param>
    /// <param name="wantInputGradient">Whether <see cref="InputGradient"/> is computed; training can do without.
    /// Of tokens there is none.</param>
    /// <exception cref="ArgumentException">A shape does not fit the model or the forward run; nothing was added.</exception>
    /// <exception cref="InvalidOperationException">There is no forward run that was not run backward yet, the weights were edited
    /// since, or another thread is using this pass.</exception>
    public void Backward(
        in ReadOnlyTensorSpan<float> outputGradient,
        ParameterSet gradients,
        ModelState? finalStateGradient = null,
        bool wantInputGradient = true)
    {
        using OneAtATime.Turn turn = Enter();
        CheckBackward(gradients, finalStateGradient);
        if (!outputGradient.Lengths.SequenceEqual([OutputLength, BatchSize, Model.OutputSize]))
        {
            throw WrongShape(nameof(outputGradient), TensorValues.Shape(outputGradient.Lengths));
        }

        RunBackward(TensorValues.Of(outputGradient), gradients, finalStateGradient, wantInputGradient);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"SequencePass(SequenceLength {SequenceLength}, BatchSize {BatchSize}, {_progress} done, of {Model})";

    /// <summary>Whether a judge may take the outputs of a run that trains.</summary>
    internal bool TakesJudge => _layers is TrainingRun { TakesJudge: true };

    internal void Forward(
        ReadOnlySpan<float> input, int sequenceLength, int batchSize, ReadOnlySpan<int> lengths, ModelState? initialState = null) =>
        Run(input, sequenceLength, batchSize, lengths, trains: false, default, initialState, judge: null);

    /// <summary>Runs the model forward as it trains. Where a judge is given, which the pass must allow (<see cref="TakesJudge"/>), the outputs
    /// are kept nowhere but where it judges them, and <see cref="Backward(ParameterSet)"/> follows.</summary>
    internal void Forward(
        ReadOnlySpan<float> input,
        int sequenceLength,
        int batchSize,
        ReadOnlySpan<int> lengths,
        in TrainingStep step,
        ModelState? initialState = null,
        IOutputJudge? judge = null)
    {
        if (!step.Samples.IsEmpty && step.Samples.Length != batchSize)
        {
            throw new ArgumentException(
                $"SequencePass: the training step's samples must be {batchSize} numbers, one for each row of the batch, or none, "
                + $"but are {step.Samples.Length}.",
                nameof(step));
        }

        Run(input, sequenceLength, batchSize, lengths, trains: true, step, initialState, judge);
    }

    private void Run(
        ReadOnlySpan<float> input,
        int sequenceLength,
        int batchSize,
        ReadOnlySpan<int> lengths,
        bool trains,
        in TrainingStep step,
        ModelState? initialState,
        IOutputJudge? judge)
    {
        int outputLength = Model.OutputLength(sequenceLength);
        Model.CheckState(initialState, batchSize, nameof(initialState));
        int outputCount = Model.OutputCount(outputLength, batchSize);
        using OneAtATime.Turn turn = Enter();
        _progress = Progress.Nothing;
        _training.Set(step.Seed, step.Update, step.Samples);
        _weightsVersion = Model.Parameters.Version;
        if (judge is null)
        {
            Grow(ref _output, outputCount);
        }

        if (_layers is TrainingRun training)
        {
            training.Judge = judge;
        }

        if (_finalState?.BatchSize != batchSize)
        {
            _finalState = Model.CreateState(batchSize);
            _initialStateGradient = Model.CreateState(batchSize);
        }

        fixed (float* inputs = input, outputs = _output)
        {
            var batch = new DenseInput(inputs, sequenceLength, batchSize, lengths) { Training = trains ? _training : null };
            _layers.Forward(batch, initialState, _finalState, outputs);
        }

        (SequenceLength, BatchSize, OutputLength) = (sequenceLength, batchSize, outputLength);
        _progress = Progress.Forward;
        GC.KeepAlive(Model);
    }

    /// <summary>The same for an output's gradient that lies row-major.</summary>
    internal void Backward(
        ReadOnlySpan<float> outputGradient, ParameterSet gradients, ModelState? finalStateGradient, bool wantInputGradient)
    {
        using OneAtATime.Turn turn = Enter();
        CheckBackward(gradients, finalStateGradient);
        if (outputGradient.Length != OutputLength * BatchSize * Model.OutputSize)
        {
            throw WrongShape(nameof(outputGradient), $"{outputGradient.Length} values");
        }

        RunBackward(outputGradient, gradients, finalStateGradient, wantInputGradient);
    }

    /// <summary>The same for outputs that a judge made gradients of, without the input's gradient.</summary>
    internal void Backward(ParameterSet gradients)
    {
        using OneAtATime.Turn turn = Enter();
        CheckBackward(gradients, finalStateGradient: null);
        RunBackward([], gradients, finalStateGradient: null, wantInputGradient: false);
    }

    private void RunBackward(
        ReadOnlySpan<float> outputGradient, ParameterSet gradients, ModelState? finalStateGradient, bool wantInputGradient)
    {
        _progress = Progress.Nothing;
        wantInputGradient &= Model.VocabularySize is null;
        if (wantInputGradient)
        {
            Grow(ref _inputGradient, SequenceLength * BatchSize * Model.InputSize);
        }

        fixed (float* upstream = outputGradient, downstream = _inputGradient)
        {
            ((TrainingRun)_layers).Backward(
                upstream, gradients, finalStateGradient, _initialStateGradient!, wantInputGradient ? downstream : null);
        }

        _progress = wantInputGradient ? Progress.BackwardToInput : Progress.Backward;
        GC.KeepAlive(Model);
    }

    private void CheckBackward(ParameterSet gradients, ModelState? finalStateGradient)
    {
        if (_progress != Progress.Forward)
        {
            throw new InvalidOperationException("SequencePass: there is nothing to run backward; call Forward before each Backward.");
        }

        if (_weightsVersion != Model.Parameters.Version)
        {
            throw new InvalidOperationException(
                "SequencePass: the weights were edited after Forward, so its activations are not theirs; call Forward again.");
        }

        if (gradients != _gradients)
        {
            Model.Parameters.ThrowIfShapesDiffer(gradients);
            Model.Parameters.ThrowIfAnyIsIn(gradients, nameof(SequencePass));
            _gradients = gradients;
        }

        Model.CheckState(finalStateGradient, BatchSize, nameof(finalStateGradient));
    }

    private ArgumentException WrongShape(string name, string actual) => new(
        $"SequencePass: {name} must have shape [{OutputLength}, {BatchSize}, {Model.OutputSize}], but has {actual}.", name);

    /// <summary>Two threads in one pass would write over each other.</summary>
    private OneAtATime.Turn Enter() => _use.Enter(nameof(SequencePass), "another thread is using this pass; make one for each thread.");

    private static void Grow(ref float[] values, int count)
    {
        if (values.Length < count)
        {
            values = new float[(int)Math.Clamp(values.Length * 3L / 2, count, Array.MaxLength)];
        }
    }

    private void ThrowUnless(Progress needed, string remedy)
    {
        if (_progress < needed)
        {
            throw new InvalidOperationException($"SequencePass: there is no such result yet; {remedy}.");
        }
    }
}
