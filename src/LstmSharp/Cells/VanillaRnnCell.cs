using System.Runtime.CompilerServices;
using LstmSharp.Kernels;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>A vanilla (Elman) recurrent cell: h = act(Wx·x + Wh·h₋₁ + b).</summary>
/// <remarks>docs/math/rnn.md, equations (1) and (2). Source: Elman, "Finding structure in time", 1990.</remarks>
public sealed unsafe class VanillaRnnCell : RecurrentCell
{
    /// <summary>Makes a cell with weights drawn from a seed.</summary>
    /// <param name="inputSize">The number of values I in one step's input, 1 or more.</param>
    /// <param name="hiddenSize">The number of units H, 1 or more.</param>
    /// <param name="activation">Tanh by default; Relu and Identity, too, whose states can grow without bound; or Sigmoid.</param>
    /// <param name="seed">Decides the weights: the same seed gives the same bits.</param>
    /// <param name="initialization">How the weights are drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or an enum value is unknown.</exception>
    /// <exception cref="ArgumentException">The weights would not fit into one array.</exception>
    public VanillaRnnCell(
        int inputSize,
        int hiddenSize,
        Activation activation = Activation.Tanh,
        int seed = 0,
        WeightInitialization initialization = WeightInitialization.GlorotOrthogonal)
        : this(inputSize, hiddenSize, activation, namePrefix: string.Empty) =>
        Initialize(new RandomStream(RandomKey.Of(seed, RandomPurpose.Weights)), initialization);

    internal VanillaRnnCell(int inputSize, int hiddenSize, Activation activation, string namePrefix)
        : base(inputSize, hiddenSize, CellColumns.OfGates(1), namePrefix, StatePartShape.Hidden(hiddenSize))
    {
        Activations.ThrowIfUnknown(activation);
        Activation = activation;
    }

    /// <summary>The function applied to the sums.</summary>
    public Activation Activation { get; }

    internal override Activation? HiddenActivation => Activation;

    private protected override string Options => Activation == Activation.Tanh ? string.Empty : $", {Activation}";

    /// <inheritdoc/>
    public override VanillaRnnState CreateState(int batchSize) => new(batchSize, HiddenSize);

    /// <summary>Advances the cell by one time step.</summary>
    /// <remarks>Computes h = act(Wx·x + Wh·h₋₁ + b); allocates nothing once warm; safe on several threads at once.</remarks>
    /// <param name="input">The step's input, shape [BatchSize, InputSize], row-major.</param>
    /// <param name="previous">The state before the step; null means zeros.</param>
    /// <param name="next">Receives the state after the step; its batch size is the step's.</param>
    /// <exception cref="ArgumentNullException"><paramref name="next"/> is null.</exception>
    /// <exception cref="ArgumentException">A length or a state's shape differs from the cell's, or memory that is read is also
    /// written.</exception>
    public void Step(ReadOnlySpan<float> input, VanillaRnnState? previous, VanillaRnnState next)
    {
        CheckStep(input, previous, next);
        StepOnSpans(input, previous, next, activations: null);
    }

    internal override bool Takes(CellState state) => state is VanillaRnnState && state.HasParts(StateParts);

    internal override void Forward(int phase, SimdWidth width, in StepRows step, Panels panels) =>
        PanelProduct.Run(width, Weights.Sums(width, step, panels), new VanillaRnnForward
        {
            Activation = Activation,
            Sums = step.Sums,
            Hidden = step.Hidden,
            Stride = Panels.RowStride(HiddenSize),
        });

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void ForwardRow(
        SimdWidth width, in RowWeights weights, float* input, float* previousHidden, bool lastFirst, in StepRows step) =>
        RowProduct.Columns(width, weights, input, previousHidden, lastFirst, step.Hidden, new VanillaRnnForward
        {
            Activation = Activation,
            Sums = Panels.OneRow(width, step.Hidden),
            Hidden = step.Hidden,
            Stride = Panels.RowStride(HiddenSize),
        });

    internal override void Backward(int phase, SimdWidth width, in StepRows step, in StepGradients gradients, Panels panels)
    {
        Product hiddenGradient = Weights.HiddenGradient(width, step.Rows, gradients, panels);
        PanelProduct.Run(width, hiddenGradient, new VanillaRnnBackward
        {
            Activation = Activation,
            Hidden = step.Hidden,
            OutputGradient = gradients.Output,
            HiddenGradient = hiddenGradient.Result,
            SumGradient = gradients.Sums,
            SumGradientStride = Weights.GatesStride,
            Stride = Panels.RowStride(HiddenSize),
        });
    }
}
