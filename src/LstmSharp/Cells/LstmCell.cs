using System.Runtime.CompilerServices;
using LstmSharp.Kernels;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>A long short-term memory cell: a memory cell c steered by a forget, an input, an update and an output gate.</summary>
/// <remarks>
/// <code>
/// i = σ(Wx·x + Wh·h₋₁ + b)     u = tanh(Wx·x + Wh·h₋₁ + b)     c = f ⊙ c₋₁ + i ⊙ u
/// f = σ(Wx·x + Wh·h₋₁ + b)     o = σ(Wx·x + Wh·h₋₁ + b)        h = o ⊙ tanh(c)
/// </code>
/// each gate with its own block of the weights, in the order of <see cref="LstmGate"/>: docs/math/lstm.md, equations (1)–(6).
/// Sources: Hochreiter and Schmidhuber 1997; forget gate, Gers, Schmidhuber and Cummins 2000.</remarks>
public sealed unsafe class LstmCell : RecurrentCell
{
    internal const int Gates = 4;

    private static readonly GateDescription[] s_descriptions =
    [
        .. Enum.GetValues<LstmGate>()
            .Select(gate => new GateDescription(gate.ToString(), gate == LstmGate.Update ? Activation.Tanh : Activation.Sigmoid)),
    ];

    private readonly LstmGateWeights[] _gates;

    /// <summary>Makes a cell with weights drawn from a seed; the forget gate's bias is 1, the others 0.</summary>
    /// <param name="inputSize">The number of values I in one step's input, 1 or more.</param>
    /// <param name="hiddenSize">The number of units H, 1 or more.</param>
    /// <param name="seed">Decides the weights: the same seed gives the same bits.</param>
    /// <param name="initialization">How the weights are drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or an enum value is unknown.</exception>
    /// <exception cref="ArgumentException">The weights would not fit into one array.</exception>
    public LstmCell(
        int inputSize,
        int hiddenSize,
        int seed = 0,
        WeightInitialization initialization = WeightInitialization.GlorotOrthogonal)
        : this(inputSize, hiddenSize, namePrefix: string.Empty) =>
        Initialize(new RandomStream(RandomKey.Of(seed, RandomPurpose.Weights)), initialization);

    internal LstmCell(int inputSize, int hiddenSize, string namePrefix)
        : base(inputSize, hiddenSize, CellColumns.OfGates(Gates), namePrefix, StatePartShape.Hidden(hiddenSize), StatePartShape.Cell(hiddenSize)) =>
        _gates = [.. Enum.GetValues<LstmGate>().Select(gate => new LstmGateWeights(this, gate))];

    /// <summary>The input gate's weights.</summary>
    public LstmGateWeights InputGate => Gate(LstmGate.Input);

    /// <summary>The forget gate's weights.</summary>
    public LstmGateWeights ForgetGate => Gate(LstmGate.Forget);

    /// <summary>The update's weights.</summary>
    public LstmGateWeights UpdateGate => Gate(LstmGate.Update);

    /// <summary>The output gate's weights.</summary>
    public LstmGateWeights OutputGate => Gate(LstmGate.Output);

    internal override IReadOnlyList<GateDescription> GateDescriptions => s_descriptions;

    internal override int ActivationsStride => Weights.GatesStride;

    /// <summary>One gate's weights.</summary>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    public LstmGateWeights Gate(LstmGate gate)
    {
        ThrowIfNoGate(gate);
        return _gates[(int)gate];
    }

    /// <inheritdoc/>
    public override LstmState CreateState(int batchSize) => new(batchSize, HiddenSize);

    /// <summary>Advances the cell by one time step.</summary>
    /// <remarks>Computes c = f ⊙ c₋₁ + i ⊙ u and h = o ⊙ tanh(c); allocates nothing once warm; safe on several threads at
    /// once.</remarks>
    /// <param name="input">The step's input, shape [BatchSize, InputSize], row-major.</param>
    /// <param name="previous">The state before the step; null means zeros.</param>
    /// <param name="next">Receives the state after the step; its batch size is the step's.</param>
    /// <exception cref="ArgumentNullException"><paramref name="next"/> is null.</exception>
    /// <exception cref="ArgumentException">A length or a state's shape differs from the cell's, or memory that is read is also
    /// written.</exception>
    public void Step(ReadOnlySpan<float> input, LstmState? previous, LstmState next)
    {
        CheckStep(input, previous, next);
        StepOnSpans(input, previous, next, activations: null);
    }

    /// <summary>Advances the cell by one time step and hands out the four gates' activations.</summary>
    /// <param name="input">The step's input, shape [BatchSize, InputSize], row-major.</param>
    /// <param name="previous">The state before the step; null means zeros.</param>
    /// <param name="next">Receives the state after the step; its batch size is the step's.</param>
    /// <param name="activations">Receives i, f, u and o, of the same batch and hidden size.</param>
    /// <exception cref="ArgumentNullException"><paramref name="next"/> or <paramref name="activations"/> is null.</exception>
    /// <exception cref="ArgumentException">A length or a shape differs from the cell's, or memory that is read is also
    /// written.</exception>
    public void Step(ReadOnlySpan<float> input, LstmState? previous, LstmState next, LstmGateActivations activations)
    {
        CheckStep(input, previous, next);
        CheckActivations(activations, next);
        StepOnSpans(input, previous, next, activations);
    }

    internal static void ThrowIfNoGate(LstmGate gate)
    {
        if (gate is < LstmGate.Input or > LstmGate.Output)
        {
            throw new ArgumentOutOfRangeException(nameof(gate), gate, "LstmCell: there is no such gate.");
        }
    }

    internal override void Initialize(RandomStream random, WeightInitialization initialization)
    {
        base.Initialize(random, initialization);
        if (!Initializers.IsPyTorch(initialization))
        {
            ForgetGate.EditBias(static bias => bias.Fill(1));
        }
    }

    internal override bool Takes(CellState state) => state is LstmState && state.HasParts(StateParts);

    internal override void Forward(int phase, SimdWidth width, in StepRows step, Panels panels) =>
        PanelProduct.Run(width, Weights.Sums(width, step, panels), new LstmForward
        {
            Sums = step.Sums,
            Activations = step.Activations,
            GatesStride = Weights.GatesStride,
            PreviousCell = step.PreviousCell,
            Cell = step.Cell,
            Hidden = step.Hidden,
            Stride = Panels.RowStride(HiddenSize),
        });

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void ForwardRow(
        SimdWidth width, in RowWeights weights, float* input, float* previousHidden, bool lastFirst, in StepRows step) =>
        RowProduct.Gates(width, weights, input, previousHidden, lastFirst, new LstmRow
        {
            Activations = step.Activations,
            PreviousCell = step.PreviousCell,
            Cell = step.Cell,
            Hidden = step.Hidden,
            Stride = Panels.RowStride(HiddenSize),
        });

    internal override void Backward(int phase, SimdWidth width, in StepRows step, in StepGradients gradients, Panels panels)
    {
        Product hiddenGradient = Weights.HiddenGradient(width, step.Rows, gradients, panels);
        PanelProduct.Run(width, hiddenGradient, new LstmBackward
        {
            Activations = step.Activations,
            SumGradient = gradients.Sums,
            GatesStride = Weights.GatesStride,
            PreviousCell = step.PreviousCell,
            Cell = step.Cell,
            OutputGradient = gradients.Output,
            HiddenGradient = hiddenGradient.Result,
            CellGradient = gradients.Cell,
            Stride = Panels.RowStride(HiddenSize),
        });
    }
}
