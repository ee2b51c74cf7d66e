using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>A gated recurrent unit: a hidden state that an update gate keeps or replaces by a candidate, which a reset gate lets forget.</summary>
/// <remarks>
/// <code>
/// r = σ(Wx·x + Wh·h₋₁ + b)     n = tanh(Wx·x + b + r ⊙ (Wh·h₋₁ + b′))     h = (1 − z) ⊙ n + z ⊙ h₋₁
/// z = σ(Wx·x + Wh·h₋₁ + b)
/// </code>
/// each with its own block of the weights, in the order of <see cref="GruGate"/>: docs/math/gru.md, equations (1)–(5). With
/// <see cref="GruReset.BeforeProduct"/>, n = tanh(Wx·x + b + Wh·(r ⊙ h₋₁)), and there is no b′.
/// Sources: Cho et al. 2014; the reset gate after the product, and z as what is kept, as PyTorch has them.</remarks>
public sealed unsafe partial class GruCell : RecurrentCell
{
    internal const int Gates = 3;

    /// <summary>The columns of sums are r, z, the input's part of n, and the hidden part of n.</summary>
    private static readonly CellColumns s_resetAfter =
        new(Gates, Input: [0, 1, 2, CellColumns.None], Recurrent: [0, 1, CellColumns.None, 2])
        {
            InputThird = (int)GruGate.Candidate,
            RecurrentThird = (int)GruGate.Candidate + 1,
            HasRecurrentBias = true,
            CarriesHidden = true,
        };

    /// <summary>The columns of sums are r, z and n, whose Wh waits for r; a fourth one makes their panels those of four gates.</summary>
    private static readonly CellColumns s_resetBefore =
        new(Gates, Input: [0, 1, 2, CellColumns.None], Recurrent: [0, 1, CellColumns.None, CellColumns.None])
        {
            LaterGate = (int)GruGate.Candidate,
            CarriesHidden = true,
        };

    private static readonly GateDescription[] s_descriptions =
    [
        .. Enum.GetValues<GruGate>()
            .Select(gate => new GateDescription(gate.ToString(), gate == GruGate.Candidate ? Activation.Tanh : Activation.Sigmoid)),
    ];

    private readonly GruGateWeights[] _gates;

    /// <summary>Makes a cell with weights drawn from a seed; the biases are 0.</summary>
    /// <param name="inputSize">The number of values I in one step's input, 1 or more.</param>
    /// <param name="hiddenSize">The number of units H, 1 or more.</param>
    /// <param name="reset">Where the reset gate acts: after the product by default.</param>
    /// <param name="seed">Decides the weights: the same seed gives the same bits.</param>
    /// <param name="initialization">How the weights are drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or an enum value is unknown.</exception>
    /// <exception cref="ArgumentException">The weights would not fit into one array.</exception>
    public GruCell(
        int inputSize,
        int hiddenSize,
        GruReset reset = GruReset.AfterProduct,
        int seed = 0,
        WeightInitialization initialization = WeightInitialization.GlorotOrthogonal)
        : this(inputSize, hiddenSize, reset, namePrefix: string.Empty) =>
        Initialize(new RandomStream(RandomKey.Of(seed, RandomPurpose.Weights)), initialization);

    internal GruCell(int inputSize, int hiddenSize, GruReset reset, string namePrefix)
        : base(inputSize, hiddenSize, ColumnsOf(reset), namePrefix, StatePartShape.Hidden(hiddenSize))
    {
        Reset = reset;
        _gates = [.. Enum.GetValues<GruGate>().Select(gate => new GruGateWeights(this, gate))];
    }

    /// <summary>Where the reset gate acts.</summary>
    public GruReset Reset { get; }

    /// <summary>The candidate's second bias b′, shape [HiddenSize], which the reset gate multiplies with the recurrent product; null where
    /// the reset gate acts before the product.</summary>
    public Parameter? RecurrentBias => SecondBias;

    /// <summary>The reset gate's weights.</summary>
    public GruGateWeights ResetGate => Gate(GruGate.Reset);

    /// <summary>The update gate's weights.</summary>
    public GruGateWeights UpdateGate => Gate(GruGate.Update);

    /// <summary>The candidate's weights.</summary>
    public GruGateWeights Candidate => Gate(GruGate.Candidate);

    /// <summary>One gate's weights.</summary>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    public GruGateWeights Gate(GruGate gate)
    {
        ThrowIfNoGate(gate);
        return _gates[(int)gate];
    }

    private protected override string Options => Reset == GruReset.AfterProduct ? string.Empty : ", reset before the product";

    /// <inheritdoc/>
    public override GruState CreateState(int batchSize) => new(batchSize, HiddenSize);

    /// <summary>Advances the cell by one time step.</summary>
    /// <remarks>Computes h = (1 − z) ⊙ n + z ⊙ h₋₁; allocates nothing once warm; safe on several threads at once.</remarks>
    /// <param name="input">The step's input, shape [BatchSize, InputSize], row-major.</param>
    /// <param name="previous">The state before the step; null means zeros.</param>
    /// <param name="next">Receives the state after the step; its batch size is the step's.</param>
    /// <exception cref="ArgumentNullException"><paramref name="next"/> is null.</exception>
    /// <exception cref="ArgumentException">A length or a state's shape differs from the cell's, or memory that is read is also
    /// written.</exception>
    public void Step(ReadOnlySpan<float> input, GruState? previous, GruState next)
    {
        CheckStep(input, previous, next);
        StepOnSpans(input, previous, next, activations: null);
    }

    /// <summary>Advances the cell by one time step and hands out the activations of the gates and of the candidate.</summary>
    /// <param name="input">The step's input, shape [BatchSize, InputSize], row-major.</param>
    /// <param name="previous">The state before the step; null means zeros.</param>
    /// <param name="next">Receives the state after the step; its batch size is the step's.</param>
    /// <param name="activations">Receives r, z and n, of the same batch and hidden size.</param>
    /// <exception cref="ArgumentNullException"><paramref name="next"/> or <paramref name="activations"/> is null.</exception>
    /// <exception cref="ArgumentException">A length or a shape differs from the cell's, or memory that is read is also
    /// written.</exception>
    public void Step(ReadOnlySpan<float> input, GruState? previous, GruState next, GruGateActivations activations)
    {
        CheckStep(input, previous, next);
        CheckActivations(activations, next);
        StepOnSpans(input, previous, next, activations);
    }

    internal override IReadOnlyList<GateDescription> GateDescriptions => s_descriptions;

    internal static void ThrowIfNoGate(GruGate gate)
    {
        if (gate is < GruGate.Reset or > GruGate.Candidate)
        {
            throw new ArgumentOutOfRangeException(nameof(gate), gate, "GruCell: there is no such gate.");
        }
    }

    internal override bool Takes(CellState state) => state is GruState && state.HasParts(StateParts);

    private static CellColumns ColumnsOf(GruReset reset) => reset switch
    {
        GruReset.AfterProduct => s_resetAfter,
        GruReset.BeforeProduct => s_resetBefore,
        _ => throw new ArgumentOutOfRangeException(nameof(reset), reset, "GruCell: there is no such place for the reset gate."),
    };
}
