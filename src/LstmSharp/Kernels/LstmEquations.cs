using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>One time step of an LSTM, from the gates' sums to the new state.</summary>
/// <remarks>Equations of docs/math/lstm.md; the sums in the brackets are what <see cref="Gates"/> holds beforehand:
/// <code>
/// (1) i = σ(Wx·x + Wh·h₋₁ + b)     (3) u = tanh(Wx·x + Wh·h₋₁ + b)     (5) c = f ⊙ c₋₁ + i ⊙ u
/// (2) f = σ(Wx·x + Wh·h₋₁ + b)     (4) o = σ(Wx·x + Wh·h₋₁ + b)        (6) h = o ⊙ tanh(c)
/// </code>
/// Hochreiter and Schmidhuber 1997; forget gate, Gers, Schmidhuber and Cummins 2000.</remarks>
internal readonly unsafe struct LstmForward : ITileEpilogue
{
    /// <summary>Sums in, activations out: <c>[row][gate][Stride]</c> in the order of <see cref="LstmGate"/>.</summary>
    public float* Gates { get; init; }

    public float* PreviousCell { get; init; }

    public float* Cell { get; init; }

    public float* Hidden { get; init; }

    /// <summary>The distance between two rows of a state, and between two gates.</summary>
    public int Stride { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply<TSimd, TVector>(int firstRow, int rows, int firstUnit, int units)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        for (int row = firstRow; row < firstRow + rows; row++)
        {
            nint state = ((nint)row * Stride) + firstUnit;
            float* gates = Gates + ((nint)row * Panels.Vectors * Stride) + firstUnit;
            for (nint unit = 0; unit < units; unit += TSimd.Lanes)
            {
                float* inputGate = gates + ((int)LstmGate.Input * Stride) + unit;
                float* forgetGate = gates + ((int)LstmGate.Forget * Stride) + unit;
                float* update = gates + ((int)LstmGate.Update * Stride) + unit;
                float* outputGate = gates + ((int)LstmGate.Output * Stride) + unit;

                TVector i = ElementaryFunctions<TSimd, TVector>.Sigmoid(TSimd.Load(inputGate)); // (1)
                TVector f = ElementaryFunctions<TSimd, TVector>.Sigmoid(TSimd.Load(forgetGate)); // (2)
                TVector u = ElementaryFunctions<TSimd, TVector>.Tanh(TSimd.Load(update)); // (3)
                TVector o = ElementaryFunctions<TSimd, TVector>.Sigmoid(TSimd.Load(outputGate)); // (4)
                TVector kept = TSimd.Multiply(f, TSimd.Load(PreviousCell + state + unit));
                TVector c = TSimd.FusedMultiplyAdd(i, u, kept); // (5)
                TVector h = TSimd.Multiply(o, ElementaryFunctions<TSimd, TVector>.Tanh(c)); // (6)

                TSimd.Store(i, inputGate);
                TSimd.Store(f, forgetGate);
                TSimd.Store(u, update);
                TSimd.Store(o, outputGate);
                TSimd.Store(c, Cell + state + unit);
                TSimd.Store(h, Hidden + state + unit);
            }
        }
    }
}

/// <summary>One time step of an LSTM backward, from the hidden state's gradient to the gates' sums' gradients.</summary>
/// <remarks>Reads the equations of <see cref="LstmForward"/> bottom-up: docs/math/lstm.md, ∂(6) to ∂(1).</remarks>
internal readonly unsafe struct LstmBackward : ITileEpilogue
{
    /// <summary>Activations in, gradients of the sums out: <c>[row][gate][Stride]</c>.</summary>
    public float* Gates { get; init; }

    public float* PreviousCell { get; init; }

    public float* Cell { get; init; }

    /// <summary>The gradient of h that comes from above, through the step's output.</summary>
    public float* OutputGradient { get; init; }

    /// <summary>The gradient of h that comes from the next step.</summary>
    public float* HiddenGradient { get; init; }

    /// <summary>The gradient of c that comes from the next step in, of c₋₁ out.</summary>
    public float* CellGradient { get; init; }

    public int Stride { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply<TSimd, TVector>(int firstRow, int rows, int firstUnit, int units)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        TVector one = TSimd.Broadcast(1);
        int lastUnit = Math.Min(units, Stride - firstUnit);
        for (int row = firstRow; row < firstRow + rows; row++)
        {
            nint state = ((nint)row * Stride) + firstUnit;
            float* gates = Gates + ((nint)row * Panels.Vectors * Stride) + firstUnit;
            for (nint unit = 0; unit < lastUnit; unit += TSimd.Lanes)
            {
                float* inputGate = gates + ((int)LstmGate.Input * Stride) + unit;
                float* forgetGate = gates + ((int)LstmGate.Forget * Stride) + unit;
                float* update = gates + ((int)LstmGate.Update * Stride) + unit;
                float* outputGate = gates + ((int)LstmGate.Output * Stride) + unit;
                TVector i = TSimd.Load(inputGate), f = TSimd.Load(forgetGate), u = TSimd.Load(update), o = TSimd.Load(outputGate);
                TVector tanhC = ElementaryFunctions<TSimd, TVector>.Tanh(TSimd.Load(Cell + state + unit));
                TVector dH = TSimd.Add(TSimd.Load(OutputGradient + state + unit), TSimd.Load(HiddenGradient + state + unit));

                TVector dO = TSimd.Multiply(dH, tanhC); // ∂(6)
                TVector dTanhC = TSimd.Multiply(dH, o);
                TVector dC = TSimd.FusedMultiplyAdd(
                    dTanhC, TSimd.FusedNegateMultiplyAdd(tanhC, tanhC, one), TSimd.Load(CellGradient + state + unit));
                TVector dF = TSimd.Multiply(dC, TSimd.Load(PreviousCell + state + unit)); // ∂(5)
                TVector dI = TSimd.Multiply(dC, u);
                TVector dU = TSimd.Multiply(dC, i);
                TSimd.Store(TSimd.Multiply(dC, f), CellGradient + state + unit);

                TSimd.Store(ThroughSigmoid<TSimd, TVector>(dO, o), outputGate); // ∂(4)
                TSimd.Store(TSimd.Multiply(dU, TSimd.FusedNegateMultiplyAdd(u, u, one)), update); // ∂(3)
                TSimd.Store(ThroughSigmoid<TSimd, TVector>(dF, f), forgetGate); // ∂(2)
                TSimd.Store(ThroughSigmoid<TSimd, TVector>(dI, i), inputGate); // ∂(1)
            }
        }
    }

    /// <summary>dY · y · (1 − y), the derivative of y = σ(…) from its output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ThroughSigmoid<TSimd, TVector>(TVector dY, TVector y)
        where TSimd : ISimd<TVector>
        where TVector : struct =>
        TSimd.Multiply(dY, TSimd.FusedNegateMultiplyAdd(y, y, y));
}
