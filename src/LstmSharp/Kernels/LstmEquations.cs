using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>The equations of one time step of an LSTM, from the gates' sums to the new state.</summary>
/// <remarks>Equations of docs/math/lstm.md:
/// <code>
/// (1) i = σ(Wx·x + Wh·h₋₁ + b)     (3) u = tanh(Wx·x + Wh·h₋₁ + b)     (5) c = f ⊙ c₋₁ + i ⊙ u
/// (2) f = σ(Wx·x + Wh·h₋₁ + b)     (4) o = σ(Wx·x + Wh·h₋₁ + b)        (6) h = o ⊙ tanh(c)
/// </code>
/// Hochreiter and Schmidhuber 1997; forget gate, Gers, Schmidhuber and Cummins 2000.</remarks>
internal static class LstmEquations<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>(1), (2), (4): i, f and o of their sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> SigmoidGates(TVector inputGate, TVector forgetGate, TVector outputGate) =>
        ElementaryFunctions<Simd3<TSimd, TVector>, Three<TVector>>.Sigmoid(new(inputGate, forgetGate, outputGate));

    /// <summary>(3): u of its sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Update(TVector sum) => ElementaryFunctions<TSimd, TVector>.Tanh(sum);

    /// <summary>(5): c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Cell(TVector i, TVector f, TVector u, TVector previousCell) =>
        SubnormalGuard<TSimd, TVector>.Round(TSimd.FusedMultiplyAdd(i, u, TSimd.Multiply(f, previousCell)));

    /// <summary>(6): h.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Hidden(TVector o, TVector cell) =>
        SubnormalGuard<TSimd, TVector>.Round(TSimd.Multiply(o, ElementaryFunctions<TSimd, TVector>.Tanh(cell)));
}

/// <summary>One time step of an LSTM for one row: <see cref="LstmEquations{TSimd, TVector}"/> on sums in registers.</summary>
internal unsafe struct LstmRow : IRowEpilogue
{
    public static bool HasThirds => false;

    /// <summary>Receives the gates' activations, <c>[gate][Stride]</c> in the order of <see cref="LstmGate"/>, where they are wanted;
    /// else null.</summary>
    public required float* Activations;

    public required float* PreviousCell;

    public required float* Cell;

    public required float* Hidden;

    /// <summary>The distance between two gates' activations.</summary>
    public required nint Stride;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Apply<TSimd, TVector>(
        nint firstUnit, TVector inputGate, TVector forgetGate, TVector update, TVector outputGate)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        Three<TVector> gates = LstmEquations<TSimd, TVector>.SigmoidGates(inputGate, forgetGate, outputGate);
        TVector u = LstmEquations<TSimd, TVector>.Update(update);
        TVector c = LstmEquations<TSimd, TVector>.Cell(gates.First, gates.Second, u, TSimd.Load(PreviousCell + firstUnit));
        TSimd.Store(c, Cell + firstUnit);
        TSimd.Store(LstmEquations<TSimd, TVector>.Hidden(gates.Third, c), Hidden + firstUnit);
        if (Activations != null)
        {
            float* activations = Activations + firstUnit;
            TSimd.Store(gates.First, activations + ((int)LstmGate.Input * Stride));
            TSimd.Store(gates.Second, activations + ((int)LstmGate.Forget * Stride));
            TSimd.Store(u, activations + ((int)LstmGate.Update * Stride));
            TSimd.Store(gates.Third, activations + ((int)LstmGate.Output * Stride));
        }
    }
}

/// <summary>One time step of an LSTM for a tile: <see cref="LstmEquations{TSimd, TVector}"/> on the sums that it left.</summary>
/// <remarks>Three loops over the rows, each with one elementary function: in one loop the processor would wait for a row's chain of
/// operations instead of working on others.</remarks>
internal unsafe struct LstmForward : ITileEpilogue
{
    /// <summary>The gates' sums, in interleaved panels.</summary>
    public required PanelRows Sums;

    /// <summary>Receives the gates' activations, <c>[row][gate][Stride]</c> in the order of <see cref="LstmGate"/>, where they are
    /// wanted; else null.</summary>
    public required float* Activations;

    /// <summary>The distance between two rows of activations.</summary>
    public required int GatesStride;

    public required float* PreviousCell;

    public required float* Cell;

    public required float* Hidden;

    /// <summary>The distance between two rows of a state, and between two gates' activations.</summary>
    public required int Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        float* firstSums = Sums.At(area.FirstRow, area.Panel);
        nint state = ((nint)area.FirstRow * Stride) + area.FirstUnit;
        float* activations = Activations == null ? null : Activations + ((nint)area.FirstRow * GatesStride) + area.FirstUnit;
        ActivateSigmoidGates<TSimd, TVector>(firstSums, area.Rows);
        ComputeCell<TSimd, TVector>(firstSums, area.Rows, PreviousCell + state, Cell + state, activations);
        ComputeHidden<TSimd, TVector>(firstSums, area.Rows, Cell + state, Hidden + state);
    }

    /// <summary>Where in a row of a panel a gate's sums begin.</summary>
    private readonly nint OffsetOf(LstmGate gate) => (int)gate * Sums.VectorStride;

    /// <summary>(1), (2), (4): the activations in place of the sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void ActivateSigmoidGates<TSimd, TVector>(float* sums, int rows)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint inputGate = OffsetOf(LstmGate.Input), forgetGate = OffsetOf(LstmGate.Forget);
        nint outputGate = OffsetOf(LstmGate.Output), rowStride = Sums.RowStride;
        for (; rows > 0; rows--, sums += rowStride)
        {
            Three<TVector> gates = LstmEquations<TSimd, TVector>.SigmoidGates(
                TSimd.Load(sums + inputGate), TSimd.Load(sums + forgetGate), TSimd.Load(sums + outputGate));
            TSimd.Store(gates.First, sums + inputGate);
            TSimd.Store(gates.Second, sums + forgetGate);
            TSimd.Store(gates.Third, sums + outputGate);
        }
    }

    /// <summary>(3), (5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void ComputeCell<TSimd, TVector>(float* sums, int rows, float* previousCell, float* cell, float* activations)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint inputGate = OffsetOf(LstmGate.Input), forgetGate = OffsetOf(LstmGate.Forget);
        nint update = OffsetOf(LstmGate.Update), outputGate = OffsetOf(LstmGate.Output);
        nint rowStride = Sums.RowStride, stride = Stride;
        for (; rows > 0; rows--, sums += rowStride, previousCell += stride, cell += stride)
        {
            TVector i = TSimd.Load(sums + inputGate), f = TSimd.Load(sums + forgetGate);
            TVector u = LstmEquations<TSimd, TVector>.Update(TSimd.Load(sums + update));
            TSimd.Store(LstmEquations<TSimd, TVector>.Cell(i, f, u, TSimd.Load(previousCell)), cell);
            if (activations != null)
            {
                TSimd.Store(i, activations + ((int)LstmGate.Input * stride));
                TSimd.Store(f, activations + ((int)LstmGate.Forget * stride));
                TSimd.Store(u, activations + ((int)LstmGate.Update * stride));
                TSimd.Store(TSimd.Load(sums + outputGate), activations + ((int)LstmGate.Output * stride));
                activations += GatesStride;
            }
        }
    }

    /// <summary>(6).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void ComputeHidden<TSimd, TVector>(float* sums, int rows, float* cell, float* hidden)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint outputGate = OffsetOf(LstmGate.Output), rowStride = Sums.RowStride, stride = Stride;
        for (; rows > 0; rows--, sums += rowStride, cell += stride, hidden += stride)
        {
            TSimd.Store(LstmEquations<TSimd, TVector>.Hidden(TSimd.Load(sums + outputGate), TSimd.Load(cell)), hidden);
        }
    }
}

/// <summary>One time step of an LSTM backward, from the hidden state's gradient to the gates' sums' gradients.</summary>
/// <remarks>Reads the equations of <see cref="LstmForward"/> bottom-up: docs/math/lstm.md, ∂(6) to ∂(1).</remarks>
internal unsafe struct LstmBackward : ITileEpilogue
{
    /// <summary>The gates' activations, <c>[row][gate][Stride]</c>.</summary>
    public required float* Activations;

    /// <summary>Receives the gradients of the gates' sums, <c>[row][gate][Stride]</c>.</summary>
    public required float* SumGradient;

    /// <summary>The distance between two rows of gates.</summary>
    public required int GatesStride;

    public required float* PreviousCell;

    public required float* Cell;

    /// <summary>The gradient of h that comes from above, through the step's output.</summary>
    public required float* OutputGradient;

    /// <summary>The gradient of h that comes from the next step.</summary>
    public required PanelRows HiddenGradient;

    /// <summary>The gradient of c that comes from the next step in, of c₋₁ out.</summary>
    public required float* CellGradient;

    /// <summary>The distance between two rows of a state, and between two gates.</summary>
    public required int Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        TVector one = TSimd.Broadcast(1);
        nint units = Math.Min(area.Units, Stride - area.FirstUnit);
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            nint state = ((nint)row * Stride) + area.FirstUnit;
            nint gates = ((nint)row * GatesStride) + area.FirstUnit;
            nint inputGate = gates + ((int)LstmGate.Input * Stride), forgetGate = gates + ((int)LstmGate.Forget * Stride);
            nint update = gates + ((int)LstmGate.Update * Stride), outputGate = gates + ((int)LstmGate.Output * Stride);
            float* hiddenGradient = HiddenGradient.At(row, area.Panel);
            for (nint unit = 0; unit < units; unit += TSimd.Lanes)
            {
                TVector i = TSimd.Load(Activations + inputGate + unit), f = TSimd.Load(Activations + forgetGate + unit);
                TVector u = TSimd.Load(Activations + update + unit), o = TSimd.Load(Activations + outputGate + unit);
                TVector tanhC = ElementaryFunctions<TSimd, TVector>.Tanh(TSimd.Load(Cell + state + unit));
                TVector dH = TSimd.Add(TSimd.Load(OutputGradient + state + unit), TSimd.Load(hiddenGradient + unit));

                TVector dO = TSimd.Multiply(dH, tanhC); // ∂(6)
                TVector dTanhC = TSimd.Multiply(dH, o);
                TVector dC = TSimd.FusedMultiplyAdd(
                    dTanhC, TSimd.FusedNegateMultiplyAdd(tanhC, tanhC, one), TSimd.Load(CellGradient + state + unit));
                TVector dF = TSimd.Multiply(dC, TSimd.Load(PreviousCell + state + unit)); // ∂(5)
                TVector dI = TSimd.Multiply(dC, u);
                TVector dU = TSimd.Multiply(dC, i);
                Store<TSimd, TVector>(TSimd.Multiply(dC, f), CellGradient + state + unit);

                Store<TSimd, TVector>(ActivationFunctions<TSimd, TVector>.ThroughSigmoid(dO, o), SumGradient + outputGate + unit); // ∂(4)
                Store<TSimd, TVector>(ActivationFunctions<TSimd, TVector>.ThroughTanh(dU, u), SumGradient + update + unit); // ∂(3)
                Store<TSimd, TVector>(ActivationFunctions<TSimd, TVector>.ThroughSigmoid(dF, f), SumGradient + forgetGate + unit); // ∂(2)
                Store<TSimd, TVector>(ActivationFunctions<TSimd, TVector>.ThroughSigmoid(dI, i), SumGradient + inputGate + unit); // ∂(1)
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TSimd, TVector>(TVector gradient, float* destination)
        where TSimd : ISimd<TVector>
        where TVector : struct => TSimd.Store(SubnormalGuard<TSimd, TVector>.Round(gradient), destination);
}
