using LstmSharp.Kernels;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>A recurrent cell: the equations of one time step and their weights. It knows no time.</summary>
public abstract unsafe class RecurrentCell
{
    private protected RecurrentCell(int inputSize, int hiddenSize, int gateCount, string namePrefix)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hiddenSize);
        if ((long)hiddenSize * Math.Max(inputSize, hiddenSize) > Array.MaxLength / gateCount)
        {
            throw new ArgumentException(
                $"{GetType().Name}({inputSize} => {hiddenSize}): one weight tensor must hold at most {Array.MaxLength} values, " +
                $"but would hold {gateCount} × {hiddenSize} × {Math.Max(inputSize, hiddenSize)}.");
        }

        InputSize = inputSize;
        HiddenSize = hiddenSize;
        GateCount = gateCount;
        InputWeights = new Parameter($"{namePrefix}{nameof(InputWeights)}", gateCount * hiddenSize, inputSize);
        RecurrentWeights = new Parameter($"{namePrefix}{nameof(RecurrentWeights)}", gateCount * hiddenSize, hiddenSize);
        Bias = new Parameter($"{namePrefix}{nameof(Bias)}", gateCount * hiddenSize);
        Parameters = new ParameterSet(InputWeights, RecurrentWeights, Bias);
        Weights = new CellWeights(InputWeights, RecurrentWeights, Bias, gateCount);
    }

    /// <summary>The number of values I in one step's input.</summary>
    public int InputSize { get; }

    /// <summary>The number of units H.</summary>
    public int HiddenSize { get; }

    /// <summary>The input weights Wx, shape [gates × HiddenSize, InputSize].</summary>
    public Parameter InputWeights { get; }

    /// <summary>The recurrent weights Wh, shape [gates × HiddenSize, HiddenSize].</summary>
    public Parameter RecurrentWeights { get; }

    /// <summary>The bias b, shape [gates × HiddenSize].</summary>
    public Parameter Bias { get; }

    /// <summary>The three parameters: input weights, recurrent weights, bias.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>How many blocks of HiddenSize rows the weights hold: 4 for an LSTM, 1 for a vanilla RNN.</summary>
    internal int GateCount { get; }

    /// <summary>Whether the state has a memory cell beside the hidden state.</summary>
    internal abstract bool HasMemoryCell { get; }

    internal CellWeights Weights { get; }

    /// <summary>Makes a state of zeros.</summary>
    /// <param name="batchSize">The number of rows, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is negative.</exception>
    public abstract CellState CreateState(int batchSize);

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name}({InputSize} => {HiddenSize}, {Parameters.TotalCount} parameters)";

    /// <summary>Draws all weights.</summary>
    internal virtual void Initialize(RandomStream random, WeightInitialization initialization) =>
        Initializers.InitializeRecurrent(InputWeights, RecurrentWeights, Bias, random, initialization);

    /// <summary>Runs the gates' sums with this cell's equations behind them, for the panels that the product covers.</summary>
    internal abstract void Forward(SimdWidth width, in Product sums, in StepRows step);

    /// <summary>Runs the gates' sums of one row, all panels of them, with this cell's equations behind them: what
    /// <see cref="Forward"/> comes to, with no way through memory.</summary>
    internal abstract void ForwardRow(
        SimdWidth width, in RowWeights weights, float* input, float* previousHidden, bool lastFirst, in StepRows step);

    /// <summary>Runs the hidden state's gradient with this cell's equations, bottom-up, behind it, for the panels that the product
    /// covers.</summary>
    internal abstract void Backward(SimdWidth width, in Product hiddenGradient, in StepRows step, in StepGradients gradients);

    /// <summary>One step of several rows on the calling thread.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="input">Wx·x.</param>
    /// <param name="recurrent">Wh·h₋₁.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="lastFirst">Whether the last panel comes first.</param>
    /// <param name="step">Where the states are and go.</param>
    /// <param name="work">Room for <see cref="Panels.Vectors"/> vectors a row.</param>
    internal void ForwardRows(
        SimdWidth width, in Segment input, in Segment recurrent, int rows, bool lastFirst, in StepRows step, float* work)
    {
        var sums = new Product
        {
            Initial = Weights.Bias(width),
            Result = Panels.OneAtATime(width, work),
            Rows = rows,
            Panels = Weights.GatePanels(width) with { LastFirst = lastFirst },
        };
        sums.Append(input);
        sums.Append(recurrent);
        Forward(width, sums, step);
    }

    /// <summary>One step on users' memory, already checked.</summary>
    private protected void StepOnSpans(
        ReadOnlySpan<float> input, CellState? previous, CellState next, LstmGateActivations? activations)
    {
        int rows = next.BatchSize;
        SimdWidth width = SimdWidths.Best;
        int stride = Panels.RowStride(HiddenSize), gatesStride = Weights.GatesStride;
        nint stateSize = (nint)rows * stride;
        float* hidden = ThreadScratch.Reserve(rows * ((3L * stride) + gatesStride + (Panels.Vectors * width.Lanes())));
        float* cell = hidden + stateSize;
        float* previousHidden = cell + stateSize;
        float* gates = previousHidden + stateSize;
        float* sums = gates + ((nint)rows * gatesStride);
        if (previous is null)
        {
            PaddedRows.CopyIn(default, rows, HiddenSize, previousHidden);
        }

        if (HasMemoryCell)
        {
            PaddedRows.CopyIn(previous is null ? default : previous.CellValues, rows, HiddenSize, cell);
        }

        fixed (float* x = input, h = previous is null ? default : previous.Hidden)
        {
            float* before = previous is null ? previousHidden : h;
            var step = new StepRows
            {
                Activations = activations is null ? null : gates,
                PreviousCell = cell,
                Cell = cell,
                Hidden = hidden,
            };
            if (rows == 1)
            {
                ForwardRow(width, Weights.Row(width), x, before, lastFirst: false, step);
            }
            else
            {
                Segment recurrent = Weights.Recurrent(width, before, previous is null ? stride : HiddenSize);
                ForwardRows(width, Weights.Input(width, x, InputSize), recurrent, rows, lastFirst: false, step, sums);
            }
        }

        PaddedRows.CopyOut(hidden, stride, rows, HiddenSize, next.Hidden);
        if (HasMemoryCell)
        {
            PaddedRows.CopyOut(cell, stride, rows, HiddenSize, next.CellValues);
        }

        for (int gate = 0; activations is not null && gate < GateCount; gate++)
        {
            PaddedRows.CopyOut(
                gates + ((nint)gate * stride), gatesStride, rows, HiddenSize, activations.Of((LstmGate)gate));
        }

        GC.KeepAlive(this);
    }

    /// <summary>Checks one step's shapes and that nothing read is also written.</summary>
    private protected void CheckStep(ReadOnlySpan<float> input, CellState? previous, CellState next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (next.HiddenSize != HiddenSize)
        {
            throw new ArgumentException($"{this}: next must have HiddenSize {HiddenSize}, but is {next}.", nameof(next));
        }

        if (previous is not null && (previous.HiddenSize != HiddenSize || previous.BatchSize != next.BatchSize))
        {
            throw new ArgumentException(
                $"{this}: previous must have BatchSize {next.BatchSize} and HiddenSize {HiddenSize}, but is {previous}.", nameof(previous));
        }

        if (input.Length != (long)next.BatchSize * InputSize)
        {
            throw new ArgumentException(
                $"{this}: input must hold {(long)next.BatchSize * InputSize} values (BatchSize {next.BatchSize} × InputSize {InputSize}), " +
                $"but holds {input.Length}.",
                nameof(input));
        }

        if (ReferenceEquals(previous, next))
        {
            throw new ArgumentException($"{this}: next must be another state than previous; keep two and swap them.", nameof(next));
        }

        if (input.Overlaps(next.Hidden) || input.Overlaps(next.CellValues))
        {
            throw new ArgumentException($"{this}: input must not overlap the memory of next.", nameof(input));
        }
    }
}
