using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>The equations of one time step of a GRU, from the sums to the new state.</summary>
/// <remarks>Equations of docs/math/gru.md; the reset gate after the product, and (3′) and (4′) before it:
/// <code>
/// (1) r = σ(Wx·x + Wh·h₋₁ + b)     (3) q = Wh·h₋₁ + b′                  (3′) q = r ⊙ h₋₁
/// (2) z = σ(Wx·x + Wh·h₋₁ + b)     (4) n = tanh(Wx·x + b + r ⊙ q)       (4′) n = tanh(Wx·x + b + Wh·q)
///                                  (5) h = (1 − z) ⊙ n + z ⊙ h₋₁
/// </code>
/// Cho et al. 2014; the reset gate after the product, and the roles of z and 1 − z, as PyTorch has them.</remarks>
internal static unsafe class GruEquations<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>The column behind the gates: that of q.</summary>
    public const int ColumnOfQ = (int)GruGate.Candidate + 1;

    /// <summary>(1), (2): r or z of its sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gate(TVector sum) => ElementaryFunctions<TSimd, TVector>.Sigmoid(sum);

    /// <summary>(4): n of the input's sum, r and q.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Candidate(TVector sum, TVector r, TVector q) =>
        ElementaryFunctions<TSimd, TVector>.Tanh(TSimd.FusedMultiplyAdd(r, q, sum));

    /// <summary>(5): h. Where z is 1, h is h₋₁ to the bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Hidden(TVector z, TVector n, TVector previousHidden) => SubnormalGuard<TSimd, TVector>.Round(
        TSimd.FusedMultiplyAdd(z, previousHidden, TSimd.FusedNegateMultiplyAdd(z, n, n)));

    /// <summary>∂(5), ∂(4): the gradients of what is under the tanh of n, and of z's sum; what reaches h₋₁ by z ⊙ dh goes to
    /// <paramref name="carried"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector CandidateGradient(
        TVector dH, TVector z, TVector n, TVector previousHidden, float* updateSumGradient, float* carried)
    {
        TVector dZ = TSimd.Multiply(dH, TSimd.Subtract(previousHidden, n)); // ∂(5)
        TVector dN = TSimd.FusedNegateMultiplyAdd(z, dH, dH);
        Store(TSimd.Multiply(z, dH), carried);
        Store(ActivationFunctions<TSimd, TVector>.ThroughSigmoid(dZ, z), updateSumGradient); // ∂(2)
        return SubnormalGuard<TSimd, TVector>.Round(ActivationFunctions<TSimd, TVector>.ThroughTanh(dN, n)); // ∂(4)
    }

    /// <summary>Writes a value that goes on through time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, float* destination) => TSimd.Store(SubnormalGuard<TSimd, TVector>.Round(value), destination);
}

/// <summary>One time step of a GRU, the reset gate after the product, for one row: sums in registers.</summary>
internal unsafe struct GruRow : IRowEpilogue
{
    public static bool HasThirds => true;

    /// <summary>Receives r, z, n and q, <c>[column][Stride]</c> in the order of <see cref="GruGate"/>, where they are wanted; else null.</summary>
    public required float* Activations;

    public required float* PreviousHidden;

    public required float* Hidden;

    /// <summary>The distance between two gates' activations.</summary>
    public required nint Stride;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Apply<TSimd, TVector>(nint firstUnit, TVector reset, TVector update, TVector candidate, TVector q)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        TVector r = GruEquations<TSimd, TVector>.Gate(reset), z = GruEquations<TSimd, TVector>.Gate(update);
        TVector n = GruEquations<TSimd, TVector>.Candidate(candidate, r, q);
        TSimd.Store(GruEquations<TSimd, TVector>.Hidden(z, n, TSimd.Load(PreviousHidden + firstUnit)), Hidden + firstUnit);
        if (Activations != null)
        {
            float* activations = Activations + firstUnit;
            TSimd.Store(r, activations + ((int)GruGate.Reset * Stride));
            TSimd.Store(z, activations + ((int)GruGate.Update * Stride));
            TSimd.Store(n, activations + ((int)GruGate.Candidate * Stride));
            TSimd.Store(q, activations + (GruEquations<TSimd, TVector>.ColumnOfQ * Stride));
        }
    }
}

/// <summary>One time step of a GRU, the reset gate after the product, for a tile.</summary>
/// <remarks>Two loops over the rows, each with one elementary function: in one loop the processor would wait for a row's chain of
/// operations instead of working on others.</remarks>
internal unsafe struct GruForward : ITileEpilogue
{
    /// <summary>The sums of r, z, the input's part of n, and q, in interleaved panels.</summary>
    public required PanelRows Sums;

    /// <summary>Receives r, z, n and q, <c>[row][column][Stride]</c>, where they are wanted; else null.</summary>
    public required float* Activations;

    /// <summary>The distance between two rows of activations.</summary>
    public required int GatesStride;

    public required float* PreviousHidden;

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
        ActivateGates<TSimd, TVector>(firstSums, area.Rows);
        ComputeHidden<TSimd, TVector>(firstSums, area.Rows, PreviousHidden + state, Hidden + state, activations);
    }

    /// <summary>(1), (2): the activations in place of the sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void ActivateGates<TSimd, TVector>(float* sums, int rows)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint reset = (int)GruGate.Reset * Sums.VectorStride, update = (int)GruGate.Update * Sums.VectorStride;
        nint rowStride = Sums.RowStride;
        for (; rows > 0; rows--, sums += rowStride)
        {
            TVector r = GruEquations<TSimd, TVector>.Gate(TSimd.Load(sums + reset));
            TVector z = GruEquations<TSimd, TVector>.Gate(TSimd.Load(sums + update));
            TSimd.Store(r, sums + reset);
            TSimd.Store(z, sums + update);
        }
    }

    /// <summary>(4), (5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void ComputeHidden<TSimd, TVector>(float* sums, int rows, float* previousHidden, float* hidden, float* activations)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint vectorStride = Sums.VectorStride, rowStride = Sums.RowStride, stride = Stride;
        for (; rows > 0; rows--, sums += rowStride, previousHidden += stride, hidden += stride)
        {
            TVector r = TSimd.Load(sums + ((int)GruGate.Reset * vectorStride));
            TVector z = TSimd.Load(sums + ((int)GruGate.Update * vectorStride));
            TVector q = TSimd.Load(sums + (GruEquations<TSimd, TVector>.ColumnOfQ * vectorStride));
            TVector n = GruEquations<TSimd, TVector>.Candidate(TSimd.Load(sums + ((int)GruGate.Candidate * vectorStride)), r, q);
            TSimd.Store(GruEquations<TSimd, TVector>.Hidden(z, n, TSimd.Load(previousHidden)), hidden);
            if (activations != null)
            {
                TSimd.Store(r, activations + ((int)GruGate.Reset * stride));
                TSimd.Store(z, activations + ((int)GruGate.Update * stride));
                TSimd.Store(n, activations + ((int)GruGate.Candidate * stride));
                TSimd.Store(q, activations + (GruEquations<TSimd, TVector>.ColumnOfQ * stride));
                activations += GatesStride;
            }
        }
    }
}

/// <summary>One time step of a GRU backward, the reset gate after the product, from the hidden state's gradient to the sums' gradients.</summary>
/// <remarks>Reads the equations of <see cref="GruForward"/> bottom-up: docs/math/gru.md, ∂(5) to ∂(1).</remarks>
internal unsafe struct GruBackward : ITileEpilogue
{
    /// <summary>r, z, n and q, <c>[row][column][Stride]</c>.</summary>
    public required float* Activations;

    /// <summary>Receives the gradients of the sums, <c>[row][column][Stride]</c>.</summary>
    public required float* SumGradient;

    /// <summary>The distance between two rows of gates.</summary>
    public required int GatesStride;

    public required float* PreviousHidden;

    /// <summary>The gradient of h that comes from above, through the step's output.</summary>
    public required float* OutputGradient;

    /// <summary>The gradient of h that comes from the next step.</summary>
    public required PanelRows HiddenGradient;

    /// <summary>Receives what reaches h₋₁ beside the sums: z ⊙ dh.</summary>
    public required float* Carried;

    /// <summary>The distance between two rows of a state, and between two gates.</summary>
    public required int Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint units = Math.Min(area.Units, Stride - area.FirstUnit);
        nint update = (int)GruGate.Update * Stride, candidate = (int)GruGate.Candidate * Stride;
        nint q = GruEquations<TSimd, TVector>.ColumnOfQ * Stride;
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            nint state = ((nint)row * Stride) + area.FirstUnit;
            float* activations = Activations + ((nint)row * GatesStride) + area.FirstUnit;
            float* sumGradient = SumGradient + ((nint)row * GatesStride) + area.FirstUnit;
            float* hiddenGradient = HiddenGradient.At(row, area.Panel);
            for (nint unit = 0; unit < units; unit += TSimd.Lanes)
            {
                TVector dH = TSimd.Add(TSimd.Load(OutputGradient + state + unit), TSimd.Load(hiddenGradient + unit));
                TVector dA = GruEquations<TSimd, TVector>.CandidateGradient(
                    dH,
                    TSimd.Load(activations + update + unit),
                    TSimd.Load(activations + candidate + unit),
                    TSimd.Load(PreviousHidden + state + unit),
                    sumGradient + update + unit,
                    Carried + state + unit);
                TVector r = TSimd.Load(activations + unit);
                TVector dR = TSimd.Multiply(dA, TSimd.Load(activations + q + unit)); // ∂(4)
                TSimd.Store(dA, sumGradient + candidate + unit);
                GruEquations<TSimd, TVector>.Store(TSimd.Multiply(dA, r), sumGradient + q + unit); // ∂(3)
                GruEquations<TSimd, TVector>.Store(ActivationFunctions<TSimd, TVector>.ThroughSigmoid(dR, r), sumGradient + unit); // ∂(1)
            }
        }
    }
}
