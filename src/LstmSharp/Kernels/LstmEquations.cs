using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>One time step of an LSTM, from the gates' sums to the new state.</summary>
/// <remarks>Equations of docs/math/lstm.md; the sums in the brackets are what <see cref="Sums"/> holds:
/// <code>
/// (1) i = σ(Wx·x + Wh·h₋₁ + b)     (3) u = tanh(Wx·x + Wh·h₋₁ + b)     (5) c = f ⊙ c₋₁ + i ⊙ u
/// (2) f = σ(Wx·x + Wh·h₋₁ + b)     (4) o = σ(Wx·x + Wh·h₋₁ + b)        (6) h = o ⊙ tanh(c)
/// </code>
/// Hochreiter and Schmidhuber 1997; forget gate, Gers, Schmidhuber and Cummins 2000.</remarks>
internal unsafe struct LstmForward : ITileEpilogue
{
    /// <summary>The gates' sums, in interleaved panels.</summary>
    public required PanelRows Sums;

    /// <summary>Receives the gates' activations, <c>[row][gate][Stride]</c> in the order of <see cref="LstmGate"/>, where they are
    /// wanted; else null. May be where the sums are.</summary>
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
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            float* sums = Sums.At(row, area.Panel);
            nint state = ((nint)row * Stride) + area.FirstUnit;
            TVector i = ElementaryFunctions<TSimd, TVector>.Sigmoid(TSimd.Load(sums + ((int)LstmGate.Input * Sums.VectorStride))); // (1)
            TVector f = ElementaryFunctions<TSimd, TVector>.Sigmoid(TSimd.Load(sums + ((int)LstmGate.Forget * Sums.VectorStride))); // (2)
            TVector u = ElementaryFunctions<TSimd, TVector>.Tanh(TSimd.Load(sums + ((int)LstmGate.Update * Sums.VectorStride))); // (3)
            TVector o = ElementaryFunctions<TSimd, TVector>.Sigmoid(TSimd.Load(sums + ((int)LstmGate.Output * Sums.VectorStride))); // (4)
            TVector kept = TSimd.Multiply(f, TSimd.Load(PreviousCell + state));
            TVector c = SubnormalGuard<TSimd, TVector>.Round(TSimd.FusedMultiplyAdd(i, u, kept)); // (5)
            TSimd.Store(c, Cell + state);
            TSimd.Store(o, Hidden + state);
            if (Activations != null)
            {
                float* activations = Activations + ((nint)row * GatesStride) + area.FirstUnit;
                TSimd.Store(i, activations + ((int)LstmGate.Input * Stride));
                TSimd.Store(f, activations + ((int)LstmGate.Forget * Stride));
                TSimd.Store(u, activations + ((int)LstmGate.Update * Stride));
                TSimd.Store(o, activations + ((int)LstmGate.Output * Stride));
            }
        }

        // In a loop of its own: in one loop, the processor would wait for one row's chain of operations instead of working on others.
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            nint state = ((nint)row * Stride) + area.FirstUnit;
            TVector o = TSimd.Load(Hidden + state);
            TVector tanhC = ElementaryFunctions<TSimd, TVector>.Tanh(TSimd.Load(Cell + state));
            TSimd.Store(SubnormalGuard<TSimd, TVector>.Round(TSimd.Multiply(o, tanhC)), Hidden + state); // (6)
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
