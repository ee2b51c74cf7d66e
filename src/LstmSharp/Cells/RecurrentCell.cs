using LstmSharp.Kernels;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>A recurrent cell: the equations of one time step and their weights. It knows no time.</summary>
public abstract unsafe class RecurrentCell
{
    private readonly StatePartShape[] _stateParts;

    private protected RecurrentCell(
        int inputSize, int hiddenSize, CellColumns columns, string namePrefix, params ReadOnlySpan<StatePartShape> stateParts)
    {
        int gateCount = columns.Gates;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hiddenSize);
        if ((long)hiddenSize * Math.Max(inputSize, hiddenSize) > Array.MaxLength / gateCount)
        {
            throw new ArgumentException(
                $"{GetType().Name}({inputSize} => {hiddenSize}): one weight tensor must hold at most {Array.MaxLength} values, " +
                $"but would hold {gateCount} × {hiddenSize} × {Math.Max(inputSize, hiddenSize)}.");
        }

        _stateParts = stateParts.ToArray();
        InputSize = inputSize;
        HiddenSize = hiddenSize;
        GateCount = gateCount;
        InputWeights = new Parameter($"{namePrefix}{nameof(InputWeights)}", gateCount * hiddenSize, inputSize);
        RecurrentWeights = new Parameter($"{namePrefix}{nameof(RecurrentWeights)}", gateCount * hiddenSize, hiddenSize);
        Bias = new Parameter($"{namePrefix}{nameof(Bias)}", gateCount * hiddenSize);
        SecondBias = columns.HasRecurrentBias ? new Parameter($"{namePrefix}{nameof(GruCell.RecurrentBias)}", hiddenSize) : null;
        Parameters = SecondBias is null
            ? new ParameterSet(InputWeights, RecurrentWeights, Bias)
            : new ParameterSet(InputWeights, RecurrentWeights, Bias, SecondBias);
        Weights = new CellWeights(InputWeights, RecurrentWeights, Bias, SecondBias, columns);
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

    /// <summary>The parameters: input weights, recurrent weights, bias, and of a GRU whose reset gate acts after the product its second
    /// bias.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>How many blocks of HiddenSize rows the weights hold: 4 for an LSTM, 3 for a GRU, 1 for a vanilla RNN.</summary>
    internal int GateCount { get; }

    /// <summary>The bias [HiddenSize] of the column of sums without Wx, where there is one.</summary>
    internal Parameter? SecondBias { get; }

    /// <summary>The parts of the state, the hidden state first.</summary>
    internal ReadOnlySpan<StatePartShape> StateParts => _stateParts;

    /// <summary>The gates, whose activations are the first blocks of what is kept of a step, in this order; none where h is all that there
    /// is.</summary>
    internal virtual IReadOnlyList<GateDescription> GateDescriptions => [];

    /// <summary>The function whose values h has; null where gates make it of several.</summary>
    internal virtual Activation? HiddenActivation => null;

    /// <summary>The distance between two rows of what is kept of a step for the way back, beside the states; 0 for nothing.</summary>
    internal virtual int ActivationsStride => 0;

    /// <summary>Whether a step backward leaves in <see cref="StepGradients.Hidden"/> what reaches h₋₁ beside the sums.</summary>
    internal bool LeavesHiddenGradient => Weights.CarriesHidden;

    /// <summary>Whether a step writes to <see cref="StepRows.Activations"/> even where nobody keeps them, for its own later phase.</summary>
    internal virtual bool NeedsActivations => false;

    /// <summary>In how many phases a step is computed. A phase is a product with equations behind it; it is done for all units before the
    /// next one begins.</summary>
    internal virtual int Phases => 1;

    internal CellWeights Weights { get; }

    /// <summary>Makes a state of zeros.</summary>
    /// <param name="batchSize">The number of rows, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is negative.</exception>
    public abstract CellState CreateState(int batchSize);

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name}({InputSize} => {HiddenSize}{Options}, {Parameters.TotalCount} parameters)";

    /// <summary>What is not as by default, behind a comma.</summary>
    private protected virtual string Options => string.Empty;

    /// <summary>Draws all weights.</summary>
    internal virtual void Initialize(RandomStream random, WeightInitialization initialization) =>
        Initializers.InitializeRecurrent(
            InputWeights, RecurrentWeights, Parameters.Slice(2, Parameters.Count - 2), random, initialization);

    /// <summary>Whether a state is one of this cell's.</summary>
    internal abstract bool Takes(CellState state);

    /// <summary>The panels of a phase's sums, by which its work may be shared.</summary>
    internal virtual Panels ForwardPanels(int phase, SimdWidth width) => Weights.GatePanels(width);

    /// <summary>The panels of what a phase computes on the way back, by which its work may be shared.</summary>
    internal virtual Panels BackwardPanels(int phase, SimdWidth width) => Weights.HiddenPanels(width);

    /// <summary>Runs a phase for some panels of some rows: its sums, then this cell's equations.</summary>
    internal abstract void Forward(int phase, SimdWidth width, in StepRows step, Panels panels);

    /// <summary>Runs a step of one row, all panels of it: what the phases of <see cref="Forward"/> come to, with no way through
    /// memory.</summary>
    internal abstract void ForwardRow(
        SimdWidth width, in RowWeights weights, float* input, float* previousHidden, bool lastFirst, in StepRows step);

    /// <summary>Runs a phase backward for some panels of some rows: the gradient of h, then this cell's equations bottom-up. The last phase
    /// comes first.</summary>
    internal abstract void Backward(int phase, SimdWidth width, in StepRows step, in StepGradients gradients, Panels panels);

    /// <summary>Adds the gradients of the weights over neighbouring rows.</summary>
    /// <param name="machine">What computes.</param>
    /// <param name="sums">What adds them.</param>
    /// <param name="rows">The gradients of the sums, and what the weights were multiplied by.</param>
    /// <param name="gradients">Receive them: as many as there are <see cref="Parameters"/>.</param>
    internal virtual void AddWeightGradients(
        Machine machine, WeightGradients sums, in SumFactors rows, ReadOnlySpan<Parameter> gradients)
    {
        sums.AddWeights(machine, rows.Sums, rows.Input, gradients[0]);
        sums.AddWeights(machine, rows.Sums, rows.PreviousHidden, gradients[1]);
        sums.AddBias(machine, rows.Sums, gradients[2]);
    }

    /// <summary>Runs all phases of a step on the calling thread.</summary>
    /// <param name="width">The vector width.</param>
    /// <param name="step">The rows.</param>
    /// <param name="lastFirst">Whether the last panel comes first.</param>
    internal void ForwardRows(SimdWidth width, in StepRows step, bool lastFirst)
    {
        for (int phase = 0; phase < Phases; phase++)
        {
            Forward(phase, width, step, ForwardPanels(phase, width) with { LastFirst = lastFirst });
        }
    }

    /// <summary>One step on users' memory, already checked.</summary>
    internal void StepOnSpans(
        ReadOnlySpan<float> input, CellState? previous, CellState next, GateActivations? activations)
    {
        int rows = next.BatchSize;
        SimdWidth width = SimdWidths.Best;
        nint sizeOfSums = (nint)rows * Panels.Vectors * width.Lanes(), sizeOfGates = (nint)rows * ActivationsStride;
        nint sizeOfHidden = (nint)rows * Panels.RowStride(_stateParts[0].Size), sizeOfParts = 0;
        foreach (StatePartShape part in _stateParts)
        {
            sizeOfParts += (nint)rows * Panels.RowStride(part.Size);
        }

        float* sums = ThreadScratch.Reserve(sizeOfSums + sizeOfGates + sizeOfHidden + sizeOfParts);
        float* gates = sums + sizeOfSums;
        float* hidden = gates + sizeOfGates;
        float* before = hidden + sizeOfHidden;
        float* cell = before + sizeOfHidden;
        float* rowsOfPart = before;
        for (int n = 0; n < _stateParts.Length; n++)
        {
            PaddedRows.CopyIn(previous is null ? default : previous.ValuesOf(n), rows, _stateParts[n].Size, rowsOfPart);
            rowsOfPart += (nint)rows * Panels.RowStride(_stateParts[n].Size);
        }

        fixed (float* x = input)
        {
            var step = new StepRows
            {
                Rows = rows,
                Input = x,
                InputStride = InputSize,
                RecurrentInput = before,
                PreviousHidden = before,
                Hidden = hidden,
                PreviousCell = cell,
                Cell = cell,
                Activations = activations is null && !NeedsActivations ? null : gates,
                Sums = Panels.OneAtATime(width, sums),
            };
            if (rows == 1)
            {
                ForwardRow(width, Weights.Row(width), x, before, lastFirst: false, step);
            }
            else
            {
                ForwardRows(width, step, lastFirst: false);
            }
        }

        PaddedRows.CopyOut(hidden, Panels.RowStride(_stateParts[0].Size), rows, _stateParts[0].Size, next.Hidden);
        rowsOfPart = cell;
        for (int n = 1; n < _stateParts.Length; n++)
        {
            PaddedRows.CopyOut(rowsOfPart, Panels.RowStride(_stateParts[n].Size), rows, _stateParts[n].Size, next.ValuesOf(n));
            rowsOfPart += (nint)rows * Panels.RowStride(_stateParts[n].Size);
        }

        for (int gate = 0; activations is not null && gate < GateCount; gate++)
        {
            PaddedRows.CopyOut(
                gates + ((nint)gate * Panels.RowStride(HiddenSize)), ActivationsStride, rows, HiddenSize, activations.Of(gate));
        }

        GC.KeepAlive(this);
    }

    /// <summary>Checks that gates' activations have a step's shape.</summary>
    private protected void CheckActivations(GateActivations activations, CellState next)
    {
        ArgumentNullException.ThrowIfNull(activations);
        if (activations.BatchSize != next.BatchSize || activations.HiddenSize != HiddenSize)
        {
            throw new ArgumentException(
                $"{this}: activations must have BatchSize {next.BatchSize} and HiddenSize {HiddenSize}, but is {activations}.",
                nameof(activations));
        }
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

        if (next.Overlaps(input))
        {
            throw new ArgumentException($"{this}: input must not overlap the memory of next.", nameof(input));
        }
    }
}
